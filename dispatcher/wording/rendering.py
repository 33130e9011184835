"""A wording, the facts, a locale and a zone become a message where only what is personal is open.

Pure. Compiled once for all readers who share (version, locale, zone, region); filled in per person
by joining strings. What is missing or of the wrong type is refused here, before anybody is
enlisted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from dispatcher.kit import sms
from dispatcher.kit.errors import Refused
from dispatcher.wording import bidi, tags, values
from dispatcher.wording.facts import Fact, Facts
from dispatcher.wording.placeholders import Count, Pattern, Plural, Slot, parse
from dispatcher.wording.weaving import Piece, woven, woven_markdown

FIELDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "sms": frozenset({"text"}),
        "email": frozenset({"subject", "body"}),
        "push": frozenset({"title", "body"}),
    }
)
"""Channel -> the fields of a wording."""

PERSONAL: Mapping[str, str] = MappingProxyType({"recipient": "text", "acknowledge": "link"})
"""Slots that differ from person to person, with their types; no fact may bear such a name."""

_MOMENT = frozenset({("date", "datetime"), ("time", "datetime")})
"""(slot, fact): a moment can be shown as its day or its hour."""


@dataclass(frozen=True, slots=True)
class Text:
    """One field: literal, slot, literal, slot, literal."""

    literals: tuple[str, ...]
    """One more than there are slots; isolates around slots lie in them."""
    order: tuple[str, ...]
    """Names of the personal slots as they occur."""
    direction: bidi.Direction
    slots: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "slots", frozenset(self.order))

    def fill(self, personal: Mapping[str, str], /) -> str:
        """The text for one person; the values come free of controls and turning signs.

        Values are not read again. Raises KeyError for a slot without a value.
        """
        text = self.literals[0]
        for name, literal in zip(self.order, self.literals[1:], strict=True):
            value = personal[name]
            # Right to left, the literals hold the isolates already.
            if self.direction == "ltr" and not value.isascii():
                value = bidi.isolated(value, "ltr")
            text += value + literal
        return text


@dataclass(frozen=True, slots=True)
class Rendered:
    """A whole message in one language; `facts` is what was inserted, as the reader sees it."""

    locale: str
    direction: bidi.Direction
    channel: str
    parts: Mapping[str, Text]
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Setting:
    """Where and with what a wording is compiled."""

    wording: str
    locale: str
    zone: tzinfo
    facts: Mapping[str, Fact]
    shown: dict[str, str]


def channel_of(fields: Mapping[str, str]) -> str:
    """The channel to which these fields belong. Raises Refused `wording.fields_unknown`."""
    for channel, names in FIELDS.items():
        if fields.keys() == names:
            return channel
    raise Refused("wording.fields_unknown", fields=", ".join(sorted(fields)))


def compile(  # noqa: A001  # the word for it
    fields: Mapping[str, str],
    *,
    locale: str,
    zone: str,
    facts: Facts,
    regions: tuple[str, ...] = (),
    wording: str = "",
) -> Rendered:
    """Fill in all facts; what is left open are the personal slots.

    `fields` as in `FIELDS`; `locale` BCP 47; `zone` IANA; `regions` as `Facts.resolve` wants them;
    `wording` is the name that errors tell. In an e-mail's body, which is Markdown, values are
    escaped and links are autolinks. Raises Refused: `wording.fact_missing`, `fact_type_wrong`,
    `fact_unreadable`, `personal_name_taken`, `personal_type`, `zone_unknown`, or what `parse` and
    `bidi` refuse; all with `wording`, `locale`, and `fact` or `field`.
    """
    channel = channel_of(fields)
    known = facts.resolve(regions=regions, language=locale)
    setting = _Setting(wording, locale, _zone(zone), known, {})
    _refuse_personal_facts(setting)
    parts = {
        name: _field(text, name, setting, markdown=(channel, name) == ("email", "body"))
        for name, text in fields.items()
    }
    if channel == "sms":
        parts = {name: _smoothed(text) for name, text in parts.items()}
    way = tags.direction(locale)
    return Rendered(locale, way, channel, MappingProxyType(parts), MappingProxyType(setting.shown))


@lru_cache(1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Refused("wording.zone_unknown", zone=name[:64]) from None


def _refuse_personal_facts(setting: _Setting) -> None:
    for name in PERSONAL.keys() & setting.facts.keys():
        raise Refused(
            "wording.personal_name_taken", wording=setting.wording, locale=setting.locale, fact=name
        )


def _field(text: str, name: str, setting: _Setting, *, markdown: bool) -> Text:
    try:
        bidi.refuse_stray(text)
        pattern = _parsed(text, setting.locale)
    except Refused as wrong:
        where = {"wording": setting.wording, "locale": setting.locale, "field": name}
        raise Refused(wrong.code, **wrong.facts | where) from None
    way = tags.direction(setting.locale)
    pieces = list(_run(pattern, setting, None))
    return _text(woven_markdown(pieces, way) if markdown else woven(pieces, way), way)


@lru_cache(1024)
def _parsed(text: str, locale: str) -> Pattern:
    return parse(text, locale=locale)


def _run(pattern: Pattern, setting: _Setting, count: Slot | None) -> Iterator[Piece]:
    """The pattern laid flat: plural forms chosen, facts shown."""
    for piece in pattern.pieces:
        if isinstance(piece, str):
            yield Piece(piece)
        elif isinstance(piece, Plural):
            number = Slot(piece.name, "number")
            yield from _run(_form(piece, setting), setting, number)
        elif isinstance(piece, Count):
            assert count is not None  # the parser reads '#' as a count in plurals alone
            yield Piece(_shown(count, setting), "number")
        elif piece.name in PERSONAL:
            yield _personal(piece, setting)
        else:
            yield Piece(_shown(piece, setting), piece.type)


def _personal(slot: Slot, setting: _Setting) -> Piece:
    if PERSONAL[slot.name] != slot.type:
        raise Refused(
            "wording.personal_type",
            wording=setting.wording,
            locale=setting.locale,
            fact=slot.name,
            wanted=PERSONAL[slot.name],
            found=slot.type,
        )
    return Piece("", slot.type, slot.name)


def _form(plural: Plural, setting: _Setting) -> Pattern:
    """The form for an exact value first, then CLDR's category in the wording's language."""
    number = _value(Slot(plural.name, "number"), setting)
    assert isinstance(number, Decimal)
    forms = dict(plural.forms)
    category = tags.locale(setting.locale).plural_form(number)
    exact = forms.get(f"={number:f}")
    return exact or forms.get(category) or forms["other"]


def _value(slot: Slot, setting: _Setting) -> values.Value:
    fact = _fact(slot, setting)
    try:
        return values.read(fact.type, fact.value, name=slot.name)
    except Refused as wrong:
        raise Refused(wrong.code, **wrong.facts | _where(slot, setting)) from None


def _shown(slot: Slot, setting: _Setting) -> str:
    fact = _fact(slot, setting)
    zone = setting.zone if fact.type == "datetime" else UTC  # no other value depends on it
    try:
        shown = _seen(fact.type, fact.value, slot, setting.locale, zone)
    except Refused as wrong:
        raise Refused(wrong.code, **wrong.facts | _where(slot, setting)) from None
    setting.shown[slot.name] = shown
    return shown


@lru_cache(4096)
def _seen(kind: str, written: str, slot: Slot, locale: str, zone: tzinfo) -> str:
    """A fact as a reader sees it: most regions and zones are told the same ones."""
    value = values.read(kind, written, name=slot.name)
    return values.show(value, slot.type, style=slot.style, locale=locale, zone=zone)


def _fact(slot: Slot, setting: _Setting) -> Fact:
    fact = setting.facts.get(slot.name)
    if fact is None:
        raise Refused("wording.fact_missing", **_where(slot, setting))
    if fact.type != slot.type and (slot.type, fact.type) not in _MOMENT:
        where = _where(slot, setting)
        raise Refused("wording.fact_type_wrong", **where, wanted=slot.type, found=fact.type)
    return fact


def _where(slot: Slot, setting: _Setting) -> dict[str, str]:
    return {"wording": setting.wording, "locale": setting.locale, "fact": slot.name}


def _text(pieces: Iterator[Piece], way: bidi.Direction) -> Text:
    literals, order = [""], []
    for piece in pieces:
        if piece.slot:
            order.append(piece.slot)
            literals.append("")
        else:
            literals[-1] += piece.letters
    return Text(tuple(literals), tuple(order), way)


def _smoothed(text: Text) -> Text:
    """CLDR's thin spaces and typed curly quotes do not cost a GSM-7 text its alphabet."""
    if not sms.fits_gsm7(sms.smooth("".join(text.literals))):
        return text
    return Text(tuple(map(sms.smooth, text.literals)), text.order, text.direction)
