"""How the ledger speaks to PostgreSQL: a named statement, its values, its rows."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, cast

import psycopg
from django.db import connection

from dispatcher.kit.sql import statements

_PLAIN: Final = re.compile(r'[^"\\]*').fullmatch
_ESCAPED, _ESCAPE = re.compile(r'(["\\])'), r"\\\1"


def rows(name: str, /, **values: Any) -> list[tuple[Any, ...]]:
    """The rows that the statement gives back."""
    return rows_of(statements("dispatcher.ledger")[name], values)


def rows_of(text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement that was put together from a named one and a query."""
    with connection.cursor() as cursor:
        cursor.execute(text, _written(values))
        return cursor.fetchall() if cursor.description else []


def prepared(name: str, /, *, kept: bool = False, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement that the server gets apart from its values.

    For what is asked hundreds of times a second: thousands of values inside the text cost more to
    write, send and parse than the statement takes. With `kept` the server plans it once a
    connection; else each time, for the very lists that it gets, and may rather read a small table
    as a whole than look up a thousand rows of it. Needs a connection that stays with its server
    process: a pool that swaps them must know prepared statements (PgBouncer since 1.21).
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw = connection.connection
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        raw.prepare_threshold = 0 if kept else None  # Django's None: whatever `prepare` says
        try:
            cursor.execute(statements("dispatcher.ledger")[name], _written(values), prepare=True)
        finally:
            raw.prepare_threshold = None
        return cursor.fetchall() if cursor.description else []


def run(name: str, /, **values: Any) -> int:
    """How many rows the statement touched."""
    return run_of(statements("dispatcher.ledger")[name], values)


def run_of(text: str, values: Mapping[str, Any]) -> int:
    """The same of a statement that was put together."""
    with connection.cursor() as cursor:
        cursor.execute(text, _written(values))
        return int(cursor.rowcount)


def text(name: str) -> str:
    """The statement itself."""
    return statements("dispatcher.ledger")[name]


def ledger_now() -> datetime:
    """The ledger's own time: the database's clock, shifted only by tests."""
    return cast("datetime", rows_of("select ledger_now()", {})[0][0])


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with every list as PostgreSQL writes an array; the statement says of what.

    psycopg asks each element for its type and escapes it by itself: 15 of 80 us of a message.
    """
    return {
        name: array(value) if isinstance(value, list) else value for name, value in values.items()
    }


def array(values: list[Any]) -> str:
    """An array's text, of numbers, truth values, texts, times, and nulls among them."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return f"{{{','.join(map(str, values))}}}"
    if kinds == {str}:
        told = '","'.join(values)
        if "\\" not in told and told.count('"') == 2 * len(values) - 2:
            return f'{{"{told}"}}'
    return f"{{{','.join(_elements(values))}}}"


def _elements(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if value is None:
            yield "null"
        elif isinstance(value, str):
            yield f'"{value}"' if _PLAIN(value) else f'"{_ESCAPED.sub(_ESCAPE, value)}"'
        else:
            yield f'"{value}"'
