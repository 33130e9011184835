"""How stored text comes onto a terminal: nothing in it steers the terminal or turns a line."""

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

FSI, PDI = "\u2068", "\u2069"
_ISOLATES = frozenset("\u2066\u2067\u2068\u2069")
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e") | _ISOLATES
_RTL = frozenset(("R", "AL", "AN"))
PIPED = 200
"""Columns when nobody looks: a narrow table would cut what a script reads."""


def safe(text: object, *, lines: bool = False, isolates: bool = False) -> str:
    """Stored text as it may be shown: controls and turning signs are written out in ASCII.

    `lines` keeps line breaks, `isolates` keeps the isolates that our own rendering set.
    """
    return "".join(_shown(letter, lines=lines, isolates=isolates) for letter in str(text))


def cell(text: object) -> str:
    """Stored text in a table or a sentence: safe, and isolated where it runs from right to left."""
    shown = safe(text)
    rtl = any(unicodedata.bidirectional(letter) in _RTL for letter in shown)
    return f"{FSI}{shown}{PDI}" if rtl else shown


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> Table:
    """A table of safe cells; whole numbers stand to the right."""
    held = [list(row) for row in rows]
    made = Table(title=Text(title) if title else None, title_justify="left", header_style="bold")
    for number, head in enumerate(heads):
        counts = bool(held) and all(isinstance(row[number], int) for row in held)
        made.add_column(Text(head), justify="right" if counts else "left", overflow="fold")
    for row in held:
        made.add_row(*(Text(cell(value)) for value in row))
    return made


def show(*parts: RenderableType, error: bool = False) -> None:
    """Print tables and lines; a line is printed as it is, without markup."""
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else PIPED
    console = Console(file=stream, width=width, highlight=False, soft_wrap=True)
    for part in parts:
        console.print(
            Text(part) if isinstance(part, str) else part, soft_wrap=isinstance(part, str)
        )


def show_json(value: object, *, error: bool = False) -> None:
    """Print one JSON document; what could steer a terminal is escaped."""
    text = json.dumps(plain(value), ensure_ascii=False, indent=2)
    stream = sys.stderr if error else sys.stdout
    stream.write("".join(_shown(letter, lines=True, isolates=False) for letter in text) + "\n")


def plain(value: Any) -> Any:
    """The value as JSON can hold it: data classes as objects, times in ISO 8601, sets as lists."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {_key(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, Iterable):
        return [plain(inner) for inner in value]
    return _moment(value)


def _moment(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else str(value)


def _key(name: object) -> str:
    return ".".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _shown(letter: str, *, lines: bool, isolates: bool) -> str:
    if (lines and letter == "\n") or (isolates and letter in _ISOLATES):
        return letter
    return _escaped(letter)


def _escaped(letter: str) -> str:
    steers = unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} or letter in _TURNING
    return f"\\u{ord(letter):04x}" if steers else letter
