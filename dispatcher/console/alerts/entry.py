"""What a person types for a fact <-> the canonical form in which it is kept; pure.

Forgiving where there is one meaning only (spaces in a telephone number, digits of other scripts);
all else is left as it was typed, for the values' own room to refuse.
"""

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from dispatcher.kit.errors import Refused
from dispatcher.wording import values


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the controls: the text, and beside it a currency or a unit of time."""

    text: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """How a type of fact is asked for."""

    kind: str
    """Of an HTML input, or `lines` for one entry a line, or `words` for a longer text."""
    mode: str = ""
    """Which keys a phone shows."""
    units: tuple[str, ...] = ()
    ltr: bool = False


UNITS = ("M", "H", "D")
CONTROLS = {
    "text": Control("text"),
    "place": Control("text"),
    "number": Control("text", "decimal", ltr=True),
    "money": Control("text", "decimal", units=("currency",), ltr=True),
    "date": Control("date"),
    "time": Control("time"),
    "datetime": Control("datetime-local"),
    "duration": Control("text", "numeric", units=UNITS, ltr=True),
    "phone": Control("tel", "tel", ltr=True),
    "link": Control("url", "url", ltr=True),
    "email": Control("email", "email", ltr=True),
    "list": Control("lines"),
}
EXAMPLES = {
    "text": "", "place": "", "number": "214", "money": "12.50", "date": "2027-01-31",
    "time": "14:30", "datetime": "2026-11-24T18:00", "duration": "2", "phone": "+44 20 7946 0123",
    "link": "https://example.com/recall", "email": "help@example.com", "list": "L2301\nL2302",
}  # fmt: skip
"""As one would type it; where the browser draws a picker none is needed."""
_MINUTES = {"M": 1, "H": 60, "D": 1440}


def read(kind: str, typed: Typed, *, zone: ZoneInfo) -> str:
    """The canonical form of what was typed, as far as it is clear; not yet checked."""
    text = typed.text.replace("\r\n", "\n").strip()
    return _READ.get(kind, _same)(text, typed.unit, zone)


def shown(kind: str, value: str, *, zone: ZoneInfo) -> Typed:
    """What stands in the controls for a value that is kept."""
    try:
        found = values.read(kind, value, name=kind)
    except Refused:
        return Typed(value)
    match found:
        case tuple():
            return Typed("\n".join(found))
        case values.Money():
            return Typed(f"{found.amount:f}", found.currency)
        case datetime():
            return Typed(found.astimezone(zone).strftime("%Y-%m-%dT%H:%M"))
    if kind == "duration":
        return _span(value)
    return Typed(value)


def told(kind: str, value: str, *, locale: str, zone: tzinfo) -> str:
    """The value as readers of the locale see it; '' for what cannot be read."""
    try:
        return values.show(values.read(kind, value, name=kind), kind, locale=locale, zone=zone)
    except Refused:
        return ""


def _span(value: str) -> Typed:
    """A duration in the largest unit that holds it whole."""
    span = values.read("duration", value, name="duration")
    minutes = int(getattr(span, "total_seconds", lambda: 0)()) // 60
    unit = next((unit for unit in ("D", "H") if minutes and minutes % _MINUTES[unit] == 0), "M")
    return Typed(str(minutes // _MINUTES[unit]), unit)


def _ascii(text: str) -> str:
    """Digits of any script as ASCII."""
    return "".join(
        str(unicodedata.digit(letter)) if unicodedata.category(letter) == "Nd" else letter
        for letter in text
    )


def _number(text: str) -> str:
    """٬ and spaces part thousands, ٫ is the point; a comma may be either and is left alone."""
    plain = _ascii(text).replace("٫", ".").replace("٬", "")
    return "".join(plain.split()).replace("\u2212", "-")


def _phone(text: str) -> str:
    plain = "".join(letter for letter in _ascii(text) if letter not in " \u00a0\u202f-().\u2011/")
    return "+" + plain.removeprefix("00") if plain.startswith("00") else plain


def _moment(text: str, _unit: str, zone: ZoneInfo) -> str:
    """The clock on the wall of the person who writes, with its offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()


def _lines(text: str, _unit: str, _zone: ZoneInfo) -> str:
    items = [line.strip() for line in text.split("\n") if line.strip()]
    return json.dumps(items, ensure_ascii=False) if items else ""


def _money(text: str, unit: str, _zone: ZoneInfo) -> str:
    return f"{_number(text)} {unit.strip().upper()}" if text else ""


def _duration(text: str, unit: str, _zone: ZoneInfo) -> str:
    count = _number(text)
    if not count.isdigit() or unit not in UNITS:
        return count
    return f"P{count}D" if unit == "D" else f"PT{count}{unit}"


def _link(text: str, _unit: str, _zone: ZoneInfo) -> str:
    return f"https://{text}" if text and "://" not in text else text


def _same(text: str, _unit: str, _zone: ZoneInfo) -> str:
    return text


_READ: dict[str, Callable[[str, str, ZoneInfo], str]] = {
    "number": lambda text, _unit, _zone: _number(text),
    "money": _money,
    "datetime": _moment,
    "duration": _duration,
    "phone": lambda text, _unit, _zone: _phone(text),
    "link": _link,
    "list": _lines,
}


def amount(text: str) -> Decimal | None:
    """A number that somebody typed in a plain field; None for anything else."""
    plain = _number(text)
    return Decimal(plain) if plain.replace(".", "", 1).isdigit() else None
