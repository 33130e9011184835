"""The preview: how many, where, in which words, what stands in the way, and real examples."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from contacts import reach
from contacts.crowds import Crowd, Reachable
from dispatcher.alerts import desk, gate, launch, scenarios, survey
from dispatcher.alerts.abroad import abroad
from dispatcher.alerts.deputies import escalation
from dispatcher.alerts.gate import AnyRefused
from dispatcher.alerts.models import Alert
from dispatcher.alerts.scenarios import CHANNELS
from dispatcher.alerts.sheet import Sheet
from dispatcher.alerts.survey import Case, Survey, Told, Waiting
from dispatcher.channels.base import personal
from dispatcher.fanout.load import acknowledgement
from dispatcher.fanout.plan import Escalation
from dispatcher.kit import sms
from dispatcher.kit.errors import Refused
from dispatcher.ledger import enlisting
from dispatcher.ledger.enlisting import Affected
from dispatcher.ledger.statements import ledger_now
from dispatcher.operators import access
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import User
from dispatcher.operators.roles import STOPPERS
from dispatcher.wording import choosing
from dispatcher.wording.rendering import Rendered

SAMPLE_DELIVERY = 1 << 40
"""Its signed link is as long as a real one (or two letters longer) and acknowledges nothing: the
thousand-millionth batch is far off."""
READ = ("title", "subject", "text", "body")
"""Fields in the order in which they are read."""
LONG_SMS = 4
"""Parts from which a text message is worth a second look: some networks drop long ones."""


@dataclass(frozen=True, slots=True)
class Example:
    """What one real person would get."""

    group: str
    channel: str
    language: str
    direction: str
    match: str
    region: str
    people: int
    """How many get this wording by this channel in all regions."""
    recipient: str
    fields: Mapping[str, str]
    parts: sms.Parts | None
    """Encoding and parts of the text message; None for other channels."""


@dataclass(frozen=True, slots=True)
class Later:
    """A later stage: `group` is told `after` seconds by the first or all of these channels.

    When they have not acknowledged (`unless`), or for the named group when too few have.
    """

    group: str
    after: int
    channels: tuple[str, ...]
    unless: str


@dataclass(frozen=True, slots=True)
class Preview:
    """All that an author or an office looks at before a decision."""

    number: str
    mode: str
    fingerprint: str
    """Of what was submitted; '' for a draft."""
    reachable: Reachable
    told: tuple[Told, ...]
    untold: Mapping[tuple[str, str], int]
    examples: tuple[Example, ...]
    causes: tuple[AnyRefused, ...]
    """What must be mended before it can be submitted."""
    findings: tuple[AnyRefused, ...]
    """What is worth a second look; nothing stops because of it."""
    waiting: Waiting = field(default_factory=Waiting)
    """Whom the quiet hours hold back until when, if it were launched now."""
    later: tuple[Later, ...] = ()
    """The further steps of the ladders, and the named group."""
    affected: str = ""
    """The alert whose receivers this one is for; '' when it has an audience of its own."""
    cases: Mapping[Case, int] = field(default_factory=dict)
    """People in whose language nothing goes out, and what becomes of them, by place."""


def preview(alert: Alert, *, by: User, gather: survey.Gather = survey.crowd) -> Preview:
    """The preview for somebody who may read all of the alert's regions.

    Reads the audience once, by `gather`.

    Raises NotAllowed, and Refused `alerts.no_audience`, `contacts.segment_*`.
    """
    if not desk.sees_all(by, alert):
        raise NotAllowed(
            "alerts.outside_scope",
            who=by.username,
            number=alert.number,
            regions=", ".join(alert.scope),
        )
    if not survey.has_audience(alert):
        raise Refused("alerts.no_audience")
    people = gather(alert)
    found = survey.survey(alert, people)
    shown = tuple(_examples(alert, found.told))
    figures = reachable(alert, people)
    now = ledger_now()
    waiting = survey.waiting(alert, people, now=now, expires_at=now + alert.expires_after)
    return Preview(
        number=alert.number,
        mode=alert.mode,
        fingerprint=alert.fingerprint,
        reachable=figures,
        told=found.told,
        untold=found.untold,
        examples=shown,
        causes=gate.lacks(alert, found),
        findings=(
            *_findings(shown, figures),
            *_in_one_language(alert, found.told),
            *_without_carrier(alert),
            *_later_findings(alert, waiting, by=by),
            *_without_stance(alert, found),
            *gate.unvouched(alert, found),
            *abroad(alert, found.told),
        ),
        waiting=waiting,
        later=tuple(_later(alert, found)),
        affected=alert.follows.number if alert.affected and alert.follows else "",
        cases=found.cases,
    )


def reachable(alert: Alert, people: Crowd) -> Reachable:
    """The figures of the audience; who is affected and lived elsewhere then is outside."""
    seen = people.reachable
    dispatch_id = survey.affected_dispatch(alert)
    if dispatch_id is None:
        return seen
    wordings = alert.affected_wordings or None
    everywhere = len(enlisting.affected(Affected(dispatch_id, wordings=wordings)))
    return replace(seen, outside_scope=everywhere - len(survey.audience(alert).people or ()))


def _later(alert: Alert, found: Survey) -> Iterator[Later]:
    """The steps after the first, as the plan would hold them."""
    for group in found.groups:
        for step in group.ladder[1:]:
            yield Later(group.name, step.after or 0, step.channels, step.unless)
    asked = escalation(alert)
    if isinstance(asked, Escalation):
        channels = asked.step.channels if asked.step else ()
        yield Later(asked.to, asked.within, channels, f"{asked.share} %")


def _later_findings(alert: Alert, waiting: Waiting, *, by: User) -> Iterator[AnyRefused]:
    """Nobody to escalate to, people who would sleep through it, and what still leaves."""
    asked = escalation(alert)
    if asked is not None and not isinstance(asked, Escalation):
        yield asked
    if waiting.late:
        yield Refused("alerts.quiet_late", people=waiting.late)
    earlier = alert.follows
    if earlier is None or alert.part not in launch.ENDS or not launch.is_leaving(earlier):
        return
    mine = access.covers(access.regions_of(by, *STOPPERS), earlier.scope)
    code = "alerts.still_leaving" if mine else "alerts.still_leaving_elsewhere"
    yield Refused(code, number=earlier.number)


def _examples(alert: Alert, told: tuple[Told, ...]) -> Iterator[Example]:
    """One person for each group, channel and language: the first of the most numerous region."""
    largest: dict[tuple[str, str, str], Told] = {}
    people: dict[tuple[str, str, str], int] = {}
    for row in told:
        key = (row.group, row.channel, row.language)
        people[key] = people.get(key, 0) + row.people
        if key not in largest or row.people > largest[key].people:
            largest[key] = row
    found = survey.examples(alert, [row.example for row in largest.values()])
    sheet = Sheet.of(alert, {row.version_id for row in largest.values()})
    doors = _doors(alert, largest.values(), found)
    for key, row in largest.items():
        example = found.get(row.example)
        door = doors.get(example[row.channel]) if example else None
        if example and door:
            shown = _shown(sheet, row, zone=example["time_zone"])
            if shown:
                yield _example(row, shown, people=people[key], name=door.name)


def _doors(
    alert: Alert, rows: Iterable[Told], found: Mapping[int, Mapping[str, object]]
) -> dict[int, reach.Door]:
    """The names of the examples, asked of the people's room."""
    ids = [found[row.example][row.channel] for row in rows if row.example in found]
    kind = scenarios.load(alert.scenario).kind
    return reach.doors([id_ for id_ in ids if isinstance(id_, int)], kind=kind)


def _shown(sheet: Sheet, row: Told, *, zone: str) -> Rendered | None:
    """The rendering; None where the gate tells what is missing."""
    try:
        return sheet.render(row, zone=zone or "UTC")
    except Refused:
        return None


def _example(row: Told, shown: Rendered, *, people: int, name: str) -> Example:
    slots = personal({"recipient": name, "acknowledge": acknowledgement(SAMPLE_DELIVERY)})
    fields = {part: shown.parts[part].fill(slots) for part in READ if part in shown.parts}
    return Example(
        group=row.group,
        channel=row.channel,
        language=row.language,
        direction=shown.direction,
        match=row.match,
        region=row.region,
        people=people,
        recipient=name,
        fields=fields,
        parts=sms.parts(fields["text"]) if row.channel == "sms" else None,
    )


def _findings(examples: tuple[Example, ...], reachable: Reachable) -> Iterator[Refused]:
    for example in examples:
        if example.parts and example.parts.parts >= LONG_SMS:
            yield Refused(
                "alerts.long_sms",
                language=example.language,
                group=example.group,
                parts=example.parts.parts,
            )
    if reachable.outside_scope:
        yield Refused("alerts.people_outside_scope", people=reachable.outside_scope)
    if reachable.blockers.get("no_language"):
        yield Refused("alerts.people_without_language", people=reachable.blockers["no_language"])


def _in_one_language(alert: Alert, told: tuple[Told, ...]) -> Iterator[Refused]:
    """Words that stand in one language amid texts of others: a message half in each."""
    wanted = scenarios.load(alert.scenario).facts
    words = {entry.name for entry in wanted if entry.scoped and entry.type in {"text", "place"}}
    rows = list(alert.facts.all())
    for name in sorted(words & {row.name for row in rows}):
        own = {row.language for row in rows if row.name == name} | {alert.default_language}
        others = sorted({row.language for row in told} - own)
        if others:
            yield Refused("alerts.fact_in_one_language", name=name, languages=", ".join(others))


def _without_stance(alert: Alert, found: Survey) -> Iterator[Refused]:
    """Groups for which nothing was written in the stance that the sender chose."""
    for group in found.groups if alert.stance else ():
        for channel in group.wordings:
            names = map(choosing.Variant.of, group.variants.get(channel, {}))
            if not any(variant.stance == alert.stance for variant in names):
                yield Refused(
                    "alerts.stance_missing",
                    stance=alert.stance,
                    group=group.name,
                    channel=channel,
                )


def _without_carrier(alert: Alert) -> Iterator[Refused]:
    """Channels that the scenario wants and this installation cannot send by."""
    yield from (
        Refused("alerts.channel_without_carrier", channel=channel, mode=alert.mode)
        for channel in CHANNELS
        if not survey.can_send(channel, mode=alert.mode)
    )
