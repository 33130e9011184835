"""What the text messages of a dispatch cost, by the prices that the operator has entered."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from contacts import territories
from dispatcher.alerts import prices
from dispatcher.channels.base import personal
from dispatcher.fanout.load import acknowledgement
from dispatcher.fanout.plan import thaw
from dispatcher.kit import sms
from dispatcher.kit.errors import Refused
from dispatcher.ledger import tally
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.tally import Sent
from dispatcher.providers import routing
from dispatcher.wording import library, rendering
from dispatcher.wording.facts import Fact, Facts

SAMPLE_NAME = "Berry Müller-Lüdenscheidt"
"""For messages that name their reader: long, and of letters that GSM-7 has."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the text messages that have left; a price is per part."""

    messages: int
    parts: int
    amounts: Mapping[str, Decimal]
    """Currency -> amount, of the countries whose price is known."""
    unpriced: Mapping[str, int]
    """Country -> messages to where the price is not known."""


def cost(dispatch: Dispatch, *, regions: Sequence[str] | None) -> Cost:
    """What has left by SMS, in parts, at today's prices of the preferred account.

    `regions` None: everywhere. A message that was sent again is counted once.
    """
    priced = prices.of(_account(dispatch))
    rows = [row for row in tally.sent(dispatch.pk, regions=regions) if row.channel == "sms"]
    parts = _parts(dispatch, rows)
    amounts: dict[str, Decimal] = {}
    unpriced: Counter[str] = Counter()
    for row in rows:
        country = row.region.partition("-")[0]
        price = priced.get(country)
        if price is None:
            unpriced[country] += row.messages
            continue
        spent = price.amount * parts[row] * row.messages
        amounts[price.currency] = amounts.get(price.currency, Decimal(0)) + spent
    return Cost(
        messages=sum(row.messages for row in rows),
        parts=sum(parts[row] * row.messages for row in rows),
        amounts=amounts,
        unpriced=dict(unpriced.most_common()),
    )


def _parts(dispatch: Dispatch, rows: Sequence[Sent]) -> dict[Sent, int]:
    """Parts of each row's text, as the facts of the launch filled it; 1 where it has gone."""
    entries = [
        Fact(fact.name, fact.type, fact.value, fact.region, fact.language)
        for fact in thaw(dispatch.plan).facts
    ]
    facts = Facts.of(entries)
    texts = dict(_texts({row.wording_id for row in rows}))
    slots = personal({"recipient": SAMPLE_NAME, "acknowledge": acknowledgement(1 << 40)})
    found: dict[Sent, int] = {}
    counted: dict[tuple[object, ...], int] = {}  # most regions are told the very same
    for row in rows:
        regions = territories.lineage(row.region)
        told = facts.resolve(regions=regions, language=row.language)
        key = (
            row.wording_id,
            row.language,
            *sorted((name, fact.value) for name, fact in told.items()),
        )
        if key not in counted:
            text = texts.get(row.wording_id)
            counted[key] = _of(text, row.language, facts=facts, regions=regions, slots=slots)
        found[row] = counted[key]
    return found


def _of(
    text: library.Version | None,
    language: str,
    *,
    facts: Facts,
    regions: tuple[str, ...],
    slots: Mapping[str, str],
) -> int:
    try:
        fields = text.fields if text else {}
        shown = rendering.compile(fields, locale=language, zone="UTC", facts=facts, regions=regions)
        return sms.parts(shown.parts["text"].fill(slots)).parts
    except (Refused, KeyError):
        return 1


def _texts(version_ids: Iterable[int]) -> Iterator[tuple[int, library.Version]]:
    """The texts that are still there: by one statement where all of them are."""
    wanted = sorted(version_ids)
    try:
        yield from library.fields(wanted).items()
    except Refused:
        if len(wanted) > 1:
            for version_id in wanted:
                yield from _texts([version_id])


def _account(dispatch: Dispatch) -> str:
    try:
        return routing.account_for("sms", mode="drill" if dispatch.mode == "drill" else "real")
    except Refused:
        return ""
