"""One row of text -> one person, or the cells that keep the row out; pure."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Final, TypeVar
from zoneinfo import available_timezones

from contacts import addresses, languages, territories
from contacts.addresses import Point
from contacts.errors import Refused
from contacts.headings import Header
from contacts.territories import Territory

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One cell that is wrong: its line, its column's heading, the code, the value as it stood."""

    line: int
    column: str
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says about a channel and a kind of message ('' is every kind)."""

    channel: str
    kind: str
    granted: bool


@dataclass(frozen=True, slots=True)
class Person:
    """One checked row. `points` are in order of preference within each channel."""

    line: int
    reference: str
    name: str
    region: str
    country: str
    languages: tuple[str, ...]
    roles: tuple[str, ...]
    tags: tuple[str, ...]
    culture: str
    time_zone: str
    attributes: dict[str, str]
    confirmed_at: datetime | None
    points: tuple[Point, ...]
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class House:
    """What this organisation knows and the file does not say.

    `territory` is what the caller may see, `country` is for rows without one; with
    `needs_reference` off a row without a reference is known by its first address.
    """

    roles: Collection[str]
    kinds: Collection[str]
    channels: Collection[str]
    territory: Territory
    country: str = ""
    needs_reference: bool = True


_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# ZWNJ and ZWJ stay: Persian and Hindi names need them.
_DEFUSED: Final = re.compile(r"\A\s*'(?=[=@+\-\t\r\n＝＋－＠])")
_DIRECTION: Final = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LONGEST: Final = {"reference": 200, "name": 300, "tags": 60, "culture": 40}
_BETWEEN: Final = re.compile(r"[;,|\n،؛、；，]+")
_BETWEEN_EMAILS: Final = re.compile(r"[;,|\s]+")
# What is kept of a wrong value: enough to find it in the file.
_SHOWN: Final = 500
_CALLED: Final = {"phone": "sms", "text": "sms", "mail": "email", "e-mail": "email"}
_YES: Final = frozenset(("yes", "y", "true", "1", "x", "all"))
_NO: Final = frozenset(("", "no", "n", "false", "0", "none", "-"))
_SLASHED: Final = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")


def check(line: int, row: Sequence[str], *, header: Header, house: House) -> Person | list[Refusal]:
    """The person of a row, or everything that is wrong in it.

    A row that is longer or shorter than its header is refused whole: a delimiter is missing or
    too many, and no cell can be trusted. Empty cells at the end do not count.
    """
    wide = len(header.headings)
    if len(row) < wide or any(cell.strip() for cell in row[wide:]):
        value = f"{len(row)} / {wide}"
        return [Refusal(line, "", "contacts.row_ragged", value)]
    reader = _Reader(line, row, header, house)
    person = reader.person()
    return reader.refusals or person


@dataclass(slots=True)
class _Reader:
    """Reads the cells of one row and gathers what is wrong."""

    line: int
    row: Sequence[str]
    header: Header
    house: House
    refusals: list[Refusal] = field(default_factory=list)

    def person(self) -> Person:
        region = self._region()
        country = region[:2]
        if self.header.has("region", "country") and not self.house.territory.holds(region):
            self._refuse(self._heading("region", "country"), "contacts.region_outside", region)
        points = self._points(country or self.house.country)
        return Person(
            line=self.line,
            reference=self._reference(points),
            name=self._name(),
            region=region,
            country=country,
            languages=self._one("languages", languages.tags, ()),
            roles=self._one("roles", self._roles, ()),
            tags=self._one("tags", _tags, ()),
            culture=self._one("culture", lambda cell: _text(cell, "culture").casefold(), ""),
            time_zone=self._one("time_zone", _zone, "") or territories.zone(country),
            attributes=self._attributes(),
            confirmed_at=self._one("confirmed", _moment, None),
            points=points,
            words=self._words(),
        )

    def _cells(self, name: str) -> Iterator[tuple[str, str]]:
        """The cells of a field with their headings."""
        for column in self.header.columns.get(name, ()):
            yield self.header.headings[column], self.row[column]

    def _one(self, name: str, read: Callable[[str], T], absent: T) -> T:
        """The value of a field with one column; `absent` without one, or when it is wrong."""
        for heading, cell in self._cells(name):
            return self._read(heading, cell, read, absent)
        return absent

    def _read(self, heading: str, cell: str, read: Callable[[str], T], absent: T) -> T:
        if _CONTROL.search(cell):
            self._refuse(heading, "contacts.text_control", cell)
            return absent
        try:
            return read(cell)
        except Refused as wrong:
            self._refuse(heading, wrong.code, cell)
            return absent

    def _heading(self, *names: str) -> str:
        """The heading of the first of these fields that has a column."""
        return next((heading for name in names for heading, _ in self._cells(name)), "")

    def _refuse(self, heading: str, code: str, cell: str) -> None:
        # A NUL is the one sign that PostgreSQL's text cannot hold.
        shown = cell[:_SHOWN].replace("\x00", "\ufffd")
        self.refusals.append(Refusal(self.line, heading, code, shown))

    def _reference(self, points: Sequence[Point]) -> str:
        """The outside reference; in a private list, else the first address."""
        given = self._one("reference", lambda cell: _text(cell, "reference"), "")
        if given or self.refusals:
            return given
        if not self.house.needs_reference and points:
            return f"{points[0].channel}:{points[0].key}"
        self._refuse(self._heading("reference"), "contacts.reference_empty", "")
        return ""

    def _name(self) -> str:
        """The name whole, or put together from its parts."""
        parts = ("name", "given_name", "family_name")
        read = (self._one(part, lambda cell: _text(cell, "name"), "") for part in parts)
        return " ".join(filter(None, read))

    def _region(self) -> str:
        """The most specific place that country and region name together."""
        country = self._one("country", _place, "")[:2]
        for heading, cell in self._cells("region"):
            region = self._read(heading, cell, lambda text: _within(text, country), "")
            if region and country and region[:2] != country:
                self._refuse(heading, "contacts.region_elsewhere", cell)
            return region or country
        return country

    def _points(self, country: str) -> tuple[Point, ...]:
        """All addresses, each once, in the order of the columns."""
        split: dict[str, tuple[re.Pattern[str] | None, Callable[[str], Point]]] = {
            "phone": (_BETWEEN, lambda cell: addresses.phone(cell, country=country)),
            "email": (_BETWEEN_EMAILS, addresses.email),
            "push": (None, addresses.push),
        }
        found: list[Point | None] = []
        for name, (between, read) in split.items():
            for heading, cell in self._cells(name):
                whole = _plain(cell)
                parts = between.split(whole) if between else [whole]
                found += [self._read(heading, part, read, None) for part in parts if part.strip()]
        by_key: dict[tuple[str, str], Point] = {}
        for point in filter(None, found):
            by_key.setdefault((point.channel, point.key), point)
        return tuple(by_key.values())

    def _roles(self, cell: str) -> tuple[str, ...]:
        keys = sorted({part.strip().casefold() for part in _BETWEEN.split(cell) if part.strip()})
        for key in keys:
            if key not in self.house.roles:
                raise Refused("contacts.role_unknown", value=key)
        return tuple(keys)

    def _attributes(self) -> dict[str, str]:
        """Attribute -> text; '' takes it away."""
        return {
            name.removeprefix("attr."): self._read(heading, cell, _line, "")
            for name in self.header.attributes
            for heading, cell in self._cells(name)
        }

    def _words(self) -> tuple[Word, ...]:
        """What the row says of consent; it cannot say yes and no to the same."""
        said: list[Word] = []
        for name, granted in (("opted_out", False), ("consent", True)):
            for heading, cell in self._cells(name):
                nothing: tuple[tuple[str, str], ...] = ()
                covered = self._read(heading, cell, self._covers, nothing)
                if any((word.channel, word.kind) in covered for word in said):
                    self._refuse(heading, "contacts.consent_both", cell)
                said += [Word(channel, kind, granted) for channel, kind in covered]
        return tuple(said)

    def _covers(self, cell: str) -> tuple[tuple[str, str], ...]:
        """`sms`, `email:news`, `all`, `all:news`, `yes`, `no` -> (channel, kind)."""
        found: list[tuple[str, str]] = []
        for part in _BETWEEN.split(cell.casefold()):
            name, _, kind = (piece.strip() for piece in part.partition(":"))
            if name in _NO and not kind:
                continue
            channel = _CALLED.get(name, name)
            if (channel not in self.house.channels and name not in _YES) or (
                kind and kind not in self.house.kinds
            ):
                raise Refused("contacts.consent_unknown", value=part)
            channels = self.house.channels if name in _YES else [channel]
            found += [(channel, kind) for channel in channels]
        return tuple(dict.fromkeys(found))


def _text(cell: str, name: str) -> str:
    """One line of text in canonical composition, not longer than its field."""
    text = _line(cell)
    if len(text) > _LONGEST[name]:
        raise Refused("contacts.text_long", value=cell, most=_LONGEST[name])
    return text


@lru_cache(maxsize=4096)
def _tags(cell: str) -> tuple[str, ...]:
    return tuple(sorted({_text(p, "tags").casefold() for p in _BETWEEN.split(cell) if p.strip()}))


def _plain(cell: str) -> str:
    """Without the apostrophe that defuses a formula."""
    return _DEFUSED.sub("", cell, count=1) if "'" in cell[:4] else cell


def _line(cell: str) -> str:
    """Without direction marks, doubled space and the apostrophe that defuses a formula."""
    cell = _plain(cell)
    if cell.isascii():
        return " ".join(cell.split())
    return " ".join(unicodedata.normalize("NFC", _DIRECTION.sub("", cell)).split())


def _place(cell: str) -> str:
    text = addresses.visible(cell)
    return territories.place(text) if text else ""


def _within(cell: str, country: str) -> str:
    """A region's full code, or its part behind the country's."""
    text = addresses.visible(cell)
    if not text:
        return ""
    part = f"{country}-{text}".upper()
    return part if country and part in territories.subdivisions() else territories.place(text)


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def _zone(cell: str) -> str:
    name = addresses.visible(cell)
    if name and name.casefold() not in _zones():
        raise Refused("contacts.time_zone_unknown", value=cell)
    return _zones().get(name.casefold(), "")


@lru_cache(maxsize=4096)
def _moment(cell: str) -> datetime | None:
    """A day or a moment as ISO 8601 writes them (also 2026/1/31); UTC unless it says otherwise.

    05/06/2026 is two days in two countries, so it is none here.
    """
    text = addresses.plain(cell)
    if not text:
        return None
    slashed = _SLASHED.match(text)
    if slashed:
        year, month, day = slashed.groups()
        text = f"{year}-{month:0>2}-{day:0>2}{text[slashed.end() :]}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("contacts.day_wrong", value=cell) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
