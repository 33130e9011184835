"""Who would be told what: the audience, the ladders and the wordings that exist, laid together.

It walks the same pure laws as the fan-out (`fanout.ladder`, `wording.choosing`), so that what the
preview shows is what leaves.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from contacts import crowds
from contacts.crowds import Alike, Crowd
from contacts.reach import Audience, Scope, recipients
from dispatcher.alerts import night, scenarios
from dispatcher.alerts.models import Alert
from dispatcher.alerts.scenarios import CHANNELS
from dispatcher.fanout import ladder
from dispatcher.fanout.plan import Group, Step
from dispatcher.fanout.quiet import quiet_until
from dispatcher.fanout.ways import zone_of
from dispatcher.kit.errors import Refused
from dispatcher.kit.sql import statements
from dispatcher.ledger import enlisting
from dispatcher.ledger.enlisting import Affected
from dispatcher.ledger.models import Dispatch
from dispatcher.providers import routing
from dispatcher.wording import choosing, library

_CASES = frozenset(reason.value for reason in (*choosing.Reason, *choosing.Silence)) - frozenset(
    reason.value for reason in choosing.MATCHES
)
"""Reasons that say that nothing in a language of theirs goes to somebody."""
Gather = Callable[[Alert], Crowd]
"""How an alert's people are come by: `crowd` reads them, the console keeps them for a while."""
_Way = tuple[str, str, str, str, int, str]
"""Group, channel, language, match, version id, region: the first columns of `Told`."""


@dataclass(frozen=True, slots=True)
class Told:
    """People of one region who get one wording by one channel."""

    group: str
    channel: str
    language: str
    match: str  # why this language: choosing.Reason
    version_id: int
    region: str
    people: int
    example: int  # contact id of the first of them


class _Fate(NamedTuple):
    """What becomes of people who differ in no more than where in their country they live."""

    group: str
    ways: tuple[tuple[str, str, str, int], ...]
    """Channel, language, match, version id."""
    why: str
    """The match of the first way, or why there is none."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom quiet hours hold back, by the time at which they end."""

    overridden: str = ""
    """Why there are hours and they hold nobody."""
    held: tuple[tuple[datetime, str, int], ...] = ()
    """(end in UTC, time zone, people)."""
    late: int = 0
    """People for whom it would have expired by then: they get nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """What becomes of readers in whose language nothing goes out."""

    reason: str
    """choosing.Reason or choosing.Silence."""
    wanted: str
    """Their first language, BCP 47; "" where none is known."""
    told: str
    """The language in which they are told; "" when they are not."""
    group: str
    region: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first step of every ladder comes to."""

    groups: tuple[Group, ...]
    told: tuple[Told, ...]
    untold: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(group, reason) -> people to whom nothing goes."""
    cases: Mapping["Case", int] = field(default_factory=dict)
    """People whom no wording in a language of theirs reaches: what becomes of them, by place."""

    @property
    def people(self) -> int:
        """Everybody in the audience and the scope, told or not."""
        return sum(self.untold.values()) + sum(row.people for row in self.told)


def audience(alert: Alert) -> Audience:
    """The audience as the people's room takes it.

    Of an alert that follows another one: those who may have received that, where they were then.
    """
    dispatch_id = affected_dispatch(alert)
    if dispatch_id is None:
        return Audience(segment=alert.segment, list_id=alert.list_id)
    inside = Scope(regions=tuple(alert.scope)).codes()
    wordings = alert.affected_wordings or None
    return Audience(people=enlisting.affected(Affected(dispatch_id, inside, wordings)))


def scope(alert: Alert) -> Scope:
    """The regions that this alert may reach, fixed when it was composed.

    Who may have received an earlier one is told wherever they have moved to since.
    """
    return Scope.everything() if alert.affected else Scope(regions=tuple(alert.scope))


def affected_dispatch(alert: Alert) -> int | None:
    """The dispatch whose receivers this alert is for; None when it has an audience of its own."""
    if not alert.affected or alert.follows is None:
        return None
    return launched(alert.follows)


def launched(alert: Alert) -> int | None:
    """The id of the alert's dispatch; None before its launch."""
    found = Dispatch.objects.filter(alert_ref=reference(alert))
    return found.values_list("pk", flat=True).first()


def receivers(
    dispatch_id: int, *, regions: Sequence[str] | None, wordings: Sequence[int] | None
) -> int:
    """How many people may have received a dispatch there, in one of these wordings; each once."""
    return len(enlisting.affected(Affected(dispatch_id, regions, wordings)))


def reference(alert: Alert) -> str:
    """How the ledger and the journal name an alert."""
    return f"alert:{alert.pk}"


def has_audience(alert: Alert) -> bool:
    """Whether somebody is meant at all."""
    return bool(alert.segment or alert.list_id is not None or alert.affected)


def crowd(alert: Alert) -> Crowd:
    """Its people as they are now, folded: the one look at everybody that all figures are sums of.

    Raises what `contacts.reach` raises.
    """
    return crowds.gather(audience(alert), scope=scope(alert), kind=kind(alert))


def kind(alert: Alert) -> str:
    """The kind of message, of which people have said whether they want it."""
    return scenarios.load(alert.scenario).kind


def waiting(alert: Alert, people: Crowd, *, now: datetime, expires_at: datetime) -> Waiting:
    """How many people's first message the quiet hours would hold if it were launched now.

    Who has no address waits for nothing.
    """
    quiet, overridden = night.quiet(alert)
    if quiet is None:
        return Waiting(overridden)
    clocks: Counter[tuple[str, str]] = Counter()
    for one in people.alike:
        if one.channels:
            clocks[one.time_zone, one.country] += one.people
    until: Counter[tuple[datetime, str]] = Counter()
    late = 0
    for (time_zone, country), n in clocks.items():
        zone = zone_of(time_zone, country)
        end = quiet_until(now, hours=quiet, zone=zone)
        if end >= expires_at:
            late += n
        elif end > now:
            until[end, zone] += n
    held = tuple((end, zone, n) for (end, zone), n in sorted(until.items()))
    return Waiting(overridden, held, late)


def can_send(channel: str, *, mode: str) -> bool:
    """Whether a carrier of this channel is configured for drills, or for the real thing."""
    try:
        routing.account_for(channel, mode="drill" if mode == Alert.DRILL else "real")
    except Refused:
        return False
    return True


def groups(alert: Alert) -> tuple[Group, ...]:
    """The scenario's groups as the plan holds them, with the wordings that exist for this part.

    A channel without a carrier is left out of the ladders: the next one stands in for it. Words
    that were written for this alert alone stand in place of the scenario's, a channel at a time.
    In real mode only words count that a named person has vouched for.
    """
    plan = scenarios.load(alert.scenario)
    able = frozenset(name for name in CHANNELS if can_send(name, mode=alert.mode))
    keys = words(alert)
    shelf = {
        channel: library.available(
            [keys[group.name, channel] for group in plan.groups],
            channel=channel,
            vouched=alert.mode == Alert.REAL,
        )
        for channel in able
    }
    variants = library.variants(keys.values(), vouched=alert.mode == Alert.REAL)
    return tuple(
        Group(
            name=group.name,
            roles=group.roles,
            ladder=tuple(_steps(group.ladder, able)),
            wordings={
                channel: shelf[channel][keys[group.name, channel]]
                for channel in group.channels
                if channel in able
            },
            variants={
                channel: _of_stance(alert, variants[keys[group.name, channel]].get(channel, {}))
                for channel in group.channels
                if channel in able
            },
        )
        for group in plan.groups
    )


def _of_stance(alert: Alert, variants: Mapping[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """The variants that the alert's stance allows: its own, and those that take none."""
    return {
        name: texts
        for name, texts in sorted(variants.items())
        if choosing.Variant.of(name).stance in ("", alert.stance)
    }


def policy(alert: Alert) -> choosing.Policy:
    """What the sender wants for readers whom no wording fits."""
    return choosing.Policy(
        choosing.Fallback(alert.fallback),
        alert.default_language,
        choosing.NoLanguage(scenarios.load(alert.scenario).no_language),
    )


def words(alert: Alert) -> dict[tuple[str, str], str]:
    """(group, channel) -> the key of its texts: the alert's own where it has a source."""
    plan = scenarios.load(alert.scenario)
    own = {group.name: own_key(alert, group.name) for group in plan.groups}
    written = library.written(own.values())
    return {
        (name, channel): key if (key, channel) in written else plan.wording_key(alert.part, name)
        for name, key in own.items()
        for channel in CHANNELS
    }


def own_key(alert: Alert, group: str) -> str:
    """The key under which this alert's own words for a group are kept."""
    return f"{reference(alert)}.{group}"


def _steps(wanted: Iterable[scenarios.Step], able: frozenset[str]) -> Iterator[Step]:
    for step in wanted:
        channels = tuple(name for name in step.channels if name in able)
        if channels:
            after = None if step.after is None else int(step.after.total_seconds())
            yield Step(channels, step.take, after, step.unless)


def survey(alert: Alert, people: Crowd | None = None) -> Survey:
    """Decide for everybody in the audience, read now unless `people` are who is in it.

    Raises what `contacts.reach` raises.
    """
    held = groups(alert)
    wanted = policy(alert)
    told: dict[_Way, tuple[int, int]] = {}
    untold: Counter[tuple[str, str]] = Counter()
    cases: Counter[Case] = Counter()
    fates: dict[object, _Fate] = {}
    for one in (people or crowd(alert)).alike:
        sort = (one.languages, one.roles, one.country, one.culture, one.channels)
        fate = fates.get(sort) or fates.setdefault(sort, _fate(one, groups=held, policy=wanted))
        for way in fate.ways:
            key = (fate.group, *way, one.region)
            before, first = told.get(key, (0, one.first))
            told[key] = (before + one.people, min(first, one.first))
        if not fate.ways:
            untold[fate.group, fate.why] += one.people
        if fate.why in _CASES:
            language = fate.ways[0][1] if fate.ways else ""
            wish = choosing.first(one.languages)
            cases[Case(fate.why, wish, language, fate.group, one.region)] += one.people
    rows = sorted(
        (Told(*key, *folded) for key, folded in told.items()),
        key=lambda row: (row.group, -row.people),
    )
    return Survey(held, tuple(rows), dict(untold), dict(cases))


def examples(alert: Alert, contact_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Contact id -> time zone and the address id of each channel."""
    query = recipients(audience(alert), scope=scope(alert), kind=kind(alert), cutoff=timezone.now())
    text = statements("dispatcher.alerts")["examples"].replace("{recipients}", query.sql)
    params: dict[str, Any] = {**query.params, "examples": list(contact_ids)}
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return {
        row[0]: {"time_zone": row[1], **dict(zip(CHANNELS, row[2:], strict=True))} for row in rows
    }


def _fate(one: Alike, *, groups: Sequence[Group], policy: choosing.Policy) -> _Fate:
    """What the first step of their group's ladder comes to for people who are alike."""
    group = ladder.group_of(one.roles, groups=groups)
    if group is None or not group.ladder:
        return _Fate(group.name, (), "no_carrier") if group else _Fate("", (), "no_group")
    ways = tuple(_ways(one, group=group, policy=policy))
    return _Fate(group.name, ways, ways[0][2] if ways else _why_untold(one, group, policy))


def _ways(
    one: Alike, *, group: Group, policy: choosing.Policy
) -> Iterator[tuple[str, str, str, int]]:
    """The ways that the first step takes for one kind of reader: the best place of each slot."""
    taken: set[int] = set()
    for slot, _, channel in sorted(ladder.ways(group.ladder[0])):
        choice = _choice(one, group, channel, policy)
        if slot not in taken and channel in one.channels and isinstance(choice, choosing.Choice):
            taken.add(slot)
            other = choosing.also(
                _reader(one, group), choice, available=group.wordings[channel], policy=policy
            )
            for way in filter(None, (choice, other)):
                yield channel, way.language, way.reason.value, way.version_id


def _choice(
    one: Alike, group: Group, channel: str, policy: choosing.Policy
) -> choosing.Choice | choosing.Blocked:
    return choosing.choose(
        _reader(one, group),
        available=group.wordings.get(channel, {}),
        policy=policy,
        variants=group.variants.get(channel),
    )


def _reader(one: Alike, group: Group) -> choosing.Reader:
    return choosing.Reader(one.languages, one.country, group.name, one.culture, one.roles)


def _why_untold(one: Alike, group: Group, policy: choosing.Policy) -> str:
    """No usable address, or no words on the channels that could be used."""
    usable = [name for name in group.ladder[0].channels if name in one.channels]
    if not usable:
        return "no_address"
    blocked = _choice(one, group, usable[0], policy)
    assert isinstance(blocked, choosing.Blocked)
    return blocked.reason.value
