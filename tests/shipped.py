"""The shipped texts in a test's database: read and checked once a run, copied after that.

A load reads the catalogues and holds every text against the gate, 3 s of CPU for thirteen
languages. Tests that only need the texts to be there get the rows that the first load made.
"""

from pathlib import Path

import psycopg
from django.db import connection, transaction

from dispatcher.wording import library
from dispatcher.wording.models import Load, Source, Template, Wording, WordingVersion

_TABLES = [one._meta.db_table for one in (Template, Source, Wording, WordingVersion, Load)]
_SHELVES: dict[object, tuple[library.Loaded, dict[str, bytes]]] = {}


def load(*, root: Path | None = None, named: object = None) -> library.Loaded:
    """What `library.load` leaves; `named` stands for the content of `root`."""
    if Template.objects.exists():
        return library.load(root=root)
    if named not in _SHELVES:
        loaded = library.load(root=root)
        _SHELVES[named] = loaded, {table: _out(table) for table in _TABLES}
        return loaded
    loaded, rows = _SHELVES[named]
    with transaction.atomic():  # foreign keys are looked at when it ends
        for table, copied in rows.items():
            _in(table, copied)
    return loaded


def _out(table: str) -> bytes:
    with _line().cursor() as cursor, cursor.copy(f"copy {table} to stdout") as rows:
        return b"".join(bytes(row) for row in rows)


def _in(table: str, copied: bytes) -> None:
    with _line().cursor() as cursor, cursor.copy(f"copy {table} from stdin") as rows:
        rows.write(copied)


def _line() -> psycopg.Connection:
    """Psycopg's own connection below Django's, in the same transaction."""
    connection.ensure_connection()
    return connection.connection
