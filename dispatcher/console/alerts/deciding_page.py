"""The page of one alert as values: whose turn it is, what goes out, what has changed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from contacts.regions import Scope
from dispatcher.alerts.looks import Sight
from dispatcher.alerts.models import Alert, Approval, Fact
from dispatcher.alerts.preview import Example, Preview
from dispatcher.alerts.states import State
from dispatcher.alerts.survey import Told
from dispatcher.alerts.turns import Turn
from dispatcher.console.alerts import alike, deciding_words
from dispatcher.console.alerts.alike import Note
from dispatcher.console.alerts.difference import Piece, around, difference
from dispatcher.console.alerts.draft import STATES
from dispatcher.console.templatetags.told import duration, number
from dispatcher.fanout.quiet import zone_info
from dispatcher.kit.errors import Refused
from dispatcher.operators.models import Office
from dispatcher.reports import words
from dispatcher.wording import tags, values

Stand = Literal["done", "current", "todo", "wrong", "void"]
REGIONS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened on the way to the launch, or that is still to happen."""

    name: str
    state: Stand
    who: str = ""
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """So many people, and how long their bar is."""

    name: str
    people: int
    length: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is not as it was when the person looked last."""

    name: str
    language: str
    """Of the text; '' for what the console writes itself."""
    direction: str
    """rtl, ltr, or auto."""
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """All that has changed since the person looked last."""

    since: datetime
    changes: tuple[Change, ...]
    people: tuple[int, int]
    """How many it was for then, and how many now."""


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as the reader of the page sees it."""

    name: str
    where: str
    value: str
    source: str
    verified_by: str
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language of the message, and whether its examples are the ones that are shown."""

    tag: str
    people: int
    shown: bool


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What exactly goes out, to how many, where."""

    people: int
    told: int
    languages: tuple[Tongue, ...]
    examples: tuple[tuple[str, tuple[Example, ...]], ...]
    """Group in words -> its messages in the language that is shown."""
    by_channel: tuple[Share, ...]
    by_language: tuple[Share, ...]
    by_region: tuple[Share, ...]
    untold: tuple[Share, ...]
    """Why people get nothing."""
    notes: tuple[str, ...]
    """Who waits, and what comes later."""
    findings: tuple[Note, ...]

    @property
    def first_regions(self) -> tuple[Share, ...]:
        """The largest."""
        return self.by_region[:REGIONS_SHOWN]

    @property
    def rest_of_regions(self) -> tuple[Share, ...]:
        """Behind a fold."""
        return self.by_region[REGIONS_SHOWN:]


def outgoing(seen: Preview, *, language: str, scenario: str) -> Outgoing:
    """What goes out; examples in `language` where there are some, else in the most read one."""
    by_language = _summed(seen.told, lambda row: row.language)
    shown = language if language in by_language else next(iter(by_language), "")
    groups: dict[str, list[Example]] = {}
    for example in seen.examples:
        if example.language == shown:
            groups.setdefault(words.group_name(example.group), []).append(example)
    untold: Counter[str] = Counter()
    for (_group, why), people in seen.untold.items():
        untold[words.reason(why)] += people
    return Outgoing(
        people=seen.reachable.total,
        told=sum(by_language.values()),
        languages=tuple(Tongue(tag, n, tag == shown) for tag, n in by_language.items()),
        examples=tuple((name, tuple(held)) for name, held in groups.items()),
        by_channel=_shares(_summed(seen.told, lambda row: row.channel), words.channel_name),
        by_language=_shares(by_language, words.language_name),
        by_region=_shares(
            _summed(seen.told, lambda row: row.region.partition("-")[0]), words.region_name
        ),
        untold=_shares(dict(untold.most_common()), str),
        notes=tuple(_notes(seen)),
        findings=(
            *alike.grouped(seen.causes, level="refuse", scenario=scenario),
            *alike.grouped(seen.findings, level="warn", scenario=scenario),
        ),
    )


def changed(before: Sight, now: Sight, *, scenario: str) -> Changed | None:
    """What differs between two looks; None when nothing that a person decides about does."""
    changes = (
        *_changes(before.texts, now.texts, deciding_words.text_name, tongue=True),
        *_changes(before.facts, now.facts, lambda name: deciding_words.fact_name(scenario, name)),
        *_changes(
            {name: deciding_words.choice(name, told) for name, told in before.choices.items()},
            {name: deciding_words.choice(name, told) for name, told in now.choices.items()},
            lambda name: str(deciding_words.CHOICES[name]),
        ),
    )
    if not changes or before.at is None:
        return None
    return Changed(before.at, changes, (before.people.get("all", 0), now.people.get("all", 0)))


def timeline(alert: Alert, turn: Turn, *, launched_at: datetime | None, by: str) -> list[Moment]:
    """Written, submitted, each office, launch: what was done by whom, and whose turn it is."""
    held = [
        Moment(gettext("Written"), "done", alert.author.get_full_name(), alert.made_at),
        *(_said(said) for said in alert.approvals.select_related("office", "user").order_by("pk")),
    ]
    if alert.submitted_by and alert.submitted_at:
        name = gettext("Submitted for approval")
        held.append(Moment(name, "done", alert.submitted_by.get_full_name(), alert.submitted_at))
    held.sort(key=lambda moment: moment.at or timezone.now())
    state = State(alert.state)
    if state in {State.DRAFT, State.RETURNED}:
        held.append(Moment(gettext("The author writes"), "current", alert.author.get_full_name()))
    names = {office.pk: str(office) for office in Office.objects.filter(pk__in=turn.missing)}
    held += [Moment(names.get(key, key), "current") for key in turn.missing]
    if state is State.LAUNCHED:
        held.append(Moment(pgettext("state of an alert", "Launched"), "done", by, launched_at))
    elif state in {State.REJECTED, State.CANCELLED}:
        held.append(Moment(str(STATES[state]), "wrong"))
    else:
        held.append(Moment(gettext("Launch"), "current" if state is State.APPROVED else "todo"))
    return held


def facts(alert: Alert, *, regions: tuple[str, ...]) -> list[Known]:
    """The facts as the reader's language writes them; not those of regions that are not theirs."""
    rows = alert.facts.select_related("verified_by").all()
    return [_fact(alert, row) for row in rows if _inside(row.region, regions)]


def _inside(region: str, regions: tuple[str, ...]) -> bool:
    return not region or Scope(regions=regions).covers([region])


def _fact(alert: Alert, row: Fact) -> Known:
    places = [words.region_name(row.region)] if row.region else []
    places += [words.language_name(row.language)] if row.language else []
    return Known(
        name=deciding_words.fact_name(alert.scenario, row.name),
        where=" · ".join(places),
        value=_shown(row),
        source=row.source,
        verified_by=row.verified_by.get_full_name() if row.verified_by else "",
        verified_at=row.verified_at,
    )


def _shown(row: Fact) -> str:
    """The value in the reader's language; as it was written where it cannot be read."""
    try:
        value = values.read(row.type, row.value, name=row.name)
    except Refused:
        return row.value
    zone = timezone.get_current_timezone()
    return values.show(value, row.type, locale=translation.get_language() or "en", zone=zone)


def _said(said: Approval) -> Moment:
    name = str(deciding_words.SAID[said.decision])
    if said.office:
        line = gettext("%(office)s: %(said)s")
        name = line % {"office": said.office, "said": name}
    good = said.decision in {Approval.Decision.APPROVED, Approval.Decision.BREAK_GLASS}
    state: Stand = "void" if said.void_at else "done" if good else "wrong"
    reason = said.reason
    if said.review and said.reviewed_by:
        line = gettext("Reviewed by %(who)s: %(word)s")
        told = line % {"who": said.reviewed_by.get_full_name(), "word": said.review}
        reason = f"{reason} — {told}"
    return Moment(name, state, said.user.get_full_name(), said.at, reason)


def _summed(told: Iterable[Told], by: Callable[[Told], str]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for row in told:
        found[by(row)] += row.people
    return dict(found.most_common())


def _shares(found: Mapping[str, int], name: Callable[[str], str]) -> tuple[Share, ...]:
    most = max(found.values(), default=0) or 1
    return tuple(
        Share(name(key), n, f"{max(1.0, 100 * n / most):.1f}%") for key, n in found.items()
    )


def _changes(
    before: Mapping[str, str],
    now: Mapping[str, str],
    name: Callable[[str], str],
    *,
    tongue: bool = False,
) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *now)):
        pieces = difference(before.get(key, ""), now.get(key, ""))
        if pieces:
            language = key.split("/")[2] if tongue else ""
            direction = str(tags.locale(language).text_direction) if language else "auto"
            yield Change(name(key), language, direction, around(pieces))


def _notes(seen: Preview) -> Iterator[str]:
    """For whom it is, whom the night holds back, and what comes later."""
    if seen.affected:
        line = gettext("For those who may have received alert %(number)s, wherever they are now.")
        yield line % {"number": seen.affected}
    if seen.waiting.overridden and seen.mode:
        line = gettext("Quiet hours hold nobody back: %(why)s")
        yield line % {"why": _overridden(seen.waiting.overridden)}
    for until, zone, people in seen.waiting.held:
        line = ngettext(
            "%(people)s person waits until %(at)s (%(zone)s).",
            "%(people)s people wait until %(at)s (%(zone)s).",
            people,
        )
        at = f"{until.astimezone(zone_info(zone)):%H:%M}"
        yield line % {"people": number(people), "at": at, "zone": zone}
    for later in seen.later:
        channels = words.listing(map(words.channel_name, later.channels))
        facts = {
            "time": duration(later.after),
            "group": words.group_name(later.group),
            "channels": channels or gettext("their first step"),
            "share": later.unless,
        }
        yield _LATER.get(later.unless, _LATER[""]) % facts


def _overridden(why: str) -> str:
    return str(SEVERITIES.get(why, why))


SEVERITIES: Mapping[str, Promise] = {
    "life_safety": _("it is about life and safety"),
    "urgent": _("it is urgent"),
    "routine": _("routine"),
}
_LATER: Mapping[str, Promise] = {
    "acknowledged": _("After %(time)s, who has not answered: %(group)s by %(channels)s"),
    "delivered": _("After %(time)s, who got nothing: %(group)s by %(channels)s"),
    "": _("After %(time)s, if less than %(share)s have answered: others by %(channels)s"),
}
