"""When nothing has changed there is nothing to check: what the last load read, and what came of it.

The gate takes seven seconds of CPU for all shipped texts, and every start asked for them. A load is
known by its mark: the catalogues, the rules that judge them, and the rows that it left behind.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import connection

from dispatcher.wording import catalogs
from dispatcher.wording.models import Load

_RULES = ("*.py", "*.toml")
_JUDGES = ("babel", "phonenumbers")
"""Packages by whose release a text may be judged otherwise."""
_ROWS = """
    select md5(concat_ws(' ',
        (select string_agg(concat_ws(' ', id, source_hash, origin), ',' order by id)
            from wording_template),
        (select string_agg(concat_ws(' ', id, state, remark <> ''), ',' order by id)
            from wording_wordingversion where origin = 'shipped')))
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a load is known before it is made."""

    files: str

    def whole(self) -> str:
        """With the rows as they are now; what anybody has moved since makes it another."""
        with connection.cursor() as cursor:
            cursor.execute(_ROWS)
            [rows] = cursor.fetchone() or [""]
        return hashlib.sha256(f"{self.files} {rows}".encode()).hexdigest()


def mark(root: Path) -> Mark:
    """Of the catalogues under this folder, and of the rules of this program."""
    held = hashlib.sha256(_rules().encode())
    for path in catalogs.files(root).values():
        held.update(str(path.relative_to(root)).encode())
        held.update(path.read_bytes())
    return Mark(held.hexdigest())


def told(of: Mark) -> Mapping[str, Any] | None:
    """What came of the load that left everything as it is now; None: it must be made."""
    found = Load.objects.filter(mark=of.whole()).values_list("told", flat=True)
    return found.first()


def remember(of: Mark, told: Mapping[str, Any]) -> None:
    """This load was made, and this came of it; former ones are forgotten."""
    Load.objects.all().delete()
    Load.objects.create(mark=of.whole(), told=told)


@cache
def _rules() -> str:
    held = hashlib.sha256()
    for piece in _pieces():
        held.update(piece)
    return held.hexdigest()


def _pieces() -> Iterator[bytes]:
    """This room's program and its tables, and what it stands on."""
    for package in _JUDGES:
        yield f"{package} {version(package)}".encode()
    room = Path(__file__).parent
    for path in sorted(path for form in _RULES for path in room.rglob(form)):
        yield path.read_bytes()
    yield (room.parent / "kit" / "sms.py").read_bytes()
