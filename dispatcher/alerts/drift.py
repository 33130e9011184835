"""A fact turns out to be wrong after it was sent: what is wrong now, and its correction.

The dispatch stays what it was; this only compares. A message is wrong where its wording names the
fact and the new value differs from the one that its readers were told, by the same rule of region
and language that chose it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from contacts import territories
from dispatcher.alerts import compose, desk, scenarios, survey
from dispatcher.alerts.models import Alert
from dispatcher.fanout.plan import Plan, thaw
from dispatcher.kit.errors import Refused
from dispatcher.ledger import stages
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.tally import Sent
from dispatcher.operators import journal
from dispatcher.operators.models import User
from dispatcher.wording import library, values
from dispatcher.wording.facts import Fact, Facts
from dispatcher.wording.placeholders import parse


@dataclass(frozen=True, slots=True)
class Wrong:
    """Messages of a channel and language that now say something false."""

    channel: str
    language: str
    messages: int


@dataclass(frozen=True, slots=True)
class Drift:
    """What a changed fact has made wrong."""

    number: str
    fact: str
    wrong: tuple[Wrong, ...]
    people: int
    """Who may have received one of them, each once."""
    wordings: tuple[int, ...]
    regions: tuple[str, ...]


def drift(
    alert: Alert, *, by: User, name: str, value: str, region: str = "", language: str = ""
) -> Drift:
    """Which messages that have left would be wrong if the fact were `value`.

    `region` and `language` as in `compose.set_fact`. Raises `alerts.not_launched`,
    `alerts.unknown_fact`, `wording.fact_*`, NotAllowed.
    """
    alert = desk.read(alert.number, by=by)
    dispatch_id = survey.launched(alert)
    if dispatch_id is None:
        raise Refused("alerts.not_launched", number=alert.number)
    wanted = scenarios.load(alert.scenario).fact(name)
    values.read(wanted.type, value, name=name)
    plan = thaw(Dispatch.objects.values_list("plan", flat=True).get(pk=dispatch_id))
    fact = Fact(name, wanted.type, value, region, language)
    found = list(_spoiled(dispatch_id, plan, fact))
    counts: Counter[tuple[str, str]] = Counter()
    for row in found:
        counts[row.channel, row.language] += row.messages
    wordings = tuple(sorted({row.wording_id for row in found}))
    regions = tuple(sorted({row.region for row in found}))
    people = survey.receivers(dispatch_id, regions=regions, wordings=wordings) if found else 0
    return Drift(
        alert.number,
        name,
        tuple(Wrong(*place, n) for place, n in counts.most_common()),
        people,
        wordings,
        regions,
    )


@transaction.atomic
def correct(
    alert: Alert,
    *,
    by: User,
    name: str,
    value: str,
    source: str = "",
    region: str = "",
    language: str = "",
) -> Alert:
    """A draft of the correction to exactly those people, with the new value unverified.

    Raises what `drift` and `compose.compose` raise, and `alerts.nothing_wrong`.
    """
    found = drift(alert, by=by, name=name, value=value, region=region, language=language)
    if not found.wrong:
        raise Refused("alerts.nothing_wrong", number=alert.number)
    made = compose.compose(
        alert.scenario,
        by=by,
        mode=alert.mode,
        part="correction",
        title=alert.title,
        regions=_within(alert, found.regions),
        follows=alert,
        stance=alert.stance,
    )
    Alert.objects.filter(pk=made.pk).update(affected_wordings=list(found.wordings))
    compose.set_fact(
        made, by=by, name=name, value=value, source=source, region=region, language=language
    )
    about = f"alert:{made.pk}"
    journal.note(by, "alerts.correction_drafted", about, fact=name, people=found.people)
    made.refresh_from_db()
    return made


def _spoiled(dispatch_id: int, plan: Plan, fact: Fact) -> Iterator[Sent]:
    """What has left and names the fact with a value that its readers would not be told now."""
    told = Facts.of(Fact(f.name, f.type, f.value, f.region, f.language) for f in plan.facts)
    place = (fact.name, fact.region, fact.language)
    kept = (f for f in told.entries if (f.name, f.region, f.language) != place)
    now = Facts.of((*kept, fact))
    rows = stages.sent(dispatch_id)
    texts = library.fields(sorted({row.wording_id for row in rows}))
    for row in rows:
        text = texts[row.wording_id]
        names = {
            slot.name
            for field in text.fields.values()
            for slot in parse(field, locale=text.locale).slots
        }
        regions = territories.lineage(row.region)
        if fact.name in names and _value(told, regions, text.locale, fact.name) != _value(
            now, regions, text.locale, fact.name
        ):
            yield row


def _value(facts: Facts, regions: tuple[str, ...], locale: str, name: str) -> str:
    found = facts.resolve(regions=regions, language=locale).get(name)
    return found.value if found else ""


def _within(alert: Alert, regions: tuple[str, ...]) -> tuple[str, ...]:
    """The places that are concerned; people of no known place keep the alert's own reach."""
    return tuple(alert.scope) if "" in regions else regions
