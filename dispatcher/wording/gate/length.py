"""Checks of length: the parts of a text message and their price, the lines of a push. Pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache

from dispatcher.kit import sms
from dispatcher.kit.errors import Refused
from dispatcher.wording import bidi, rendering
from dispatcher.wording.facts import Fact
from dispatcher.wording.facts import Facts as AllFacts
from dispatcher.wording.gate.finding import Facts, Field, side

SAMPLES: Mapping[str, str] = {
    "text": "Berry muesli 500 g",
    "number": "12",
    "money": "4.50 EUR",
    "date": "2026-11-23",
    "time": "14:30",
    "datetime": "2026-11-23T14:30:00+00:00",
    "duration": "PT2H",
    "phone": "+442079460123",
    "link": "https://example.com/recall",
    "email": "help@example.com",
    "place": "Springfield",
    "list": '["L2311A", "L2312B"]',
}
"""Usual values by type, to count parts with before there are facts."""

FEW_PARTS = {sms.Encoding.GSM7: 2, sms.Encoding.UCS2: 4}

PUSH = {"title": 65, "body": 240}
"""Characters of an opened notification that Android and iOS show, the smaller of both."""


def parts(field: Field) -> Iterator[Facts]:
    """How many parts, in which alphabet."""
    if count := counted(field):
        yield {"parts": count.parts, "units": count.units, "encoding": count.encoding.value}


def long(field: Field) -> Iterator[Facts]:
    """More parts than handsets join reliably and budgets bear."""
    if (count := counted(field)) and count.parts > FEW_PARTS[count.encoding]:
        yield {"parts": count.parts, "most": FEW_PARTS[count.encoding]}


def cost(field: Field) -> Iterator[Facts]:
    """What one message costs, by country, from the prices that the operator has entered."""
    priced = [country for country in field.asked.countries if country in field.asked.prices]
    if not priced or not (count := counted(field)):
        return
    told = (_price(field, country, count.parts) for country in priced)
    yield {"parts": count.parts, "prices": ", ".join(told)}


def _price(field: Field, country: str, parts: int) -> str:
    price = field.asked.prices[country]
    return f"{country} {Decimal(price.amount) * parts} {price.currency}"


def price_unknown(field: Field) -> Iterator[Facts]:
    """Countries for which nobody has entered a price."""
    unknown = [country for country in field.asked.countries if country not in field.asked.prices]
    if field.channel == "sms" and unknown:
        yield {"countries": ", ".join(unknown)}


def push_long(field: Field) -> Iterator[Facts]:
    """A notification that is cut off."""
    if field.channel != "push" or _turned(field.ours.text):
        return
    shown = len(usual(field.name, field.ours.text, field.locale))
    if shown > PUSH[field.name]:
        yield {"length": shown, "most": PUSH[field.name]}


def counted(field: Field) -> sms.Parts | None:
    """The parts of a text message with usual values; None for another channel."""
    if field.channel != "sms" or _turned(field.ours.text):
        return None
    return sms.parts(usual(field.name, field.ours.text, field.locale))


def _turned(text: str) -> bool:
    """Whether stray signs keep it from being rendered; `signs.stray` says so."""
    try:
        bidi.refuse_stray(text)
    except Refused:
        return True
    return False


@lru_cache(1024)
def usual(name: str, text: str, locale: str) -> str:
    """The field as it reads with usual values in its slots."""
    slots = side(text, locale).pattern.slots
    kinds = {slot.name: slot.type for slot in slots if slot.name not in rendering.PERSONAL}
    facts = AllFacts.of(Fact(slot, kind, SAMPLES[kind]) for slot, kind in kinds.items())
    fields = {"text": text} if name == "text" else {"title": text, "body": ""}
    shown = rendering.compile(fields, locale=locale, zone="UTC", facts=facts)
    personal = {slot: SAMPLES[kind] for slot, kind in rendering.PERSONAL.items()}
    return shown.parts["text" if name == "text" else "title"].fill(personal)
