"""The first page as values: what runs, what waits for whom, what is planned, what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy

from contacts import crowds
from dispatcher.alerts.models import Alert
from dispatcher.alerts.states import OPEN, State
from dispatcher.alerts.turns import Rights, Turn, turn
from dispatcher.console.alerts.draft import STATES
from dispatcher.console.dispatches import seen
from dispatcher.console.dispatches.page import Bar, bar, bars
from dispatcher.console.dispatches.seen import Seen
from dispatcher.console.templatetags.told import apart, duration, number
from dispatcher.console.words import shelf
from dispatcher.fanout.plan import thaw
from dispatcher.ledger import tally, watch
from dispatcher.ledger.statements import ledger_now
from dispatcher.ledger.watch import Ledger
from dispatcher.operators import access
from dispatcher.operators.models import User
from dispatcher.operators.roles import READERS, Role
from dispatcher.operators.roster import WORLD
from dispatcher.providers.breaker import State as Breaker
from dispatcher.reports import after_action, words
from dispatcher.watching import look

RUNNING = 4
"""Dispatches that are told on the page; more stand in the list."""
LATELY = timedelta(hours=48)
"""For how long after its launch a dispatch's silent people are somebody's business here."""
LATE = 60.0
"""Seconds for which a message may be due before that is news."""
DEAF = 60.0
"""Seconds without a tick after which the clock is taken for stopped."""
LANES = {
    "critical": pgettext_lazy("lane of messages", "critical"),
    "routine": pgettext_lazy("lane of messages", "routine"),
}
"""The lanes that messages leave by."""


@dataclass(frozen=True, slots=True)
class Running:
    """A dispatch that is on its way."""

    seen: Seen
    state: str
    whole: Bar
    by_channel: tuple[Bar, ...]
    wanted: int
    """Per cent of each region …"""
    left: float
    """… within so many seconds from now; negative: the time is over."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for this person, and the way to it."""

    name: str
    why: str
    href: str
    act: str
    mode: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """An alert that somebody else decides about, or that is ready to leave."""

    alert: Alert
    state: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that does not work, in plain words, and what helps."""

    level: str
    text: str
    href: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """All of it."""

    running: tuple[Running, ...]
    tasks: tuple[Task, ...]
    planned: tuple[Planned, ...]
    wrong: tuple[Wrong, ...]
    new: str
    """Address of the way in; '' for who writes no alerts."""
    reads: bool
    """Whether the person reads alerts at all."""


def home(user: User) -> Home:
    """The first page of this person, asked anew."""
    rights = Rights.of(user)
    reads = bool(access.regions_of(user, *READERS))
    running = tuple(moving(user))
    turns = tuple(_open(user, rights)) if reads else ()
    tasks = (*_decisions(turns), *_silent(user, running), *_texts(user))
    mine = {task.href for task in tasks}
    return Home(
        running=running,
        tasks=tasks,
        planned=tuple(
            Planned(alert, str(STATES[State(alert.state)]))
            for alert, _ in turns
            if State(alert.state) in {State.PENDING, State.APPROVED}
            and way("console:alert", alert.pk) not in mine
        ),
        wrong=tuple(wrong(user)),
        new=way("console:alerts-new") if rights.writes else "",
        reads=reads,
    )


def moving(user: User) -> Iterator[Running]:
    """What runs now, the newest first, in the person's regions."""
    now = ledger_now()
    for one in seen.under_way(user, most=RUNNING):
        regions = after_action.codes(one.scope)
        rows = after_action.rows(tally.books(one.dispatch.pk, regions=regions))
        target = thaw(one.dispatch.plan).target
        age = (now - one.dispatch.launched_at).total_seconds()
        yield Running(
            seen=one,
            state=after_action.state_of(one.dispatch),
            whole=bar(rows),
            by_channel=bars(rows, lambda row: row.channel, words.channel_name),
            wanted=target.share,
            left=target.within - age,
        )


def wrong(user: User) -> Iterator[Wrong]:
    """What does not work now, for who can do something about it or wonders why nothing moves."""
    if not access.regions_of(user, *READERS, Role.ADMIN):
        return
    found = look.look()
    if found.broker is None:
        yield Wrong(
            "refuse",
            gettext("The broker does not answer: launches are kept, and leave when it is back."),
        )
    else:
        yield from _accounts(found.broker.accounts)
        if found.broker.pulse.beat is None or found.broker.pulse.beat > DEAF:
            yield Wrong(
                "refuse",
                gettext("The clock stands still: later steps, reminders and questions wait."),
            )
        if not any(found.broker.pulse.workers.values()):
            yield Wrong("refuse", gettext("No worker is alive: nothing leaves."))
    if found.ledger is not None:
        yield from _books(found.ledger, user)


def way(name: str, *args: object) -> str:
    """The address of a page, or '' while there is none of that name."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _open(user: User, rights: Rights) -> Iterator[tuple[Alert, Turn]]:
    """Open alerts that the person may read, and broken glass, the oldest first."""
    mine = access.regions_of(user, *READERS)
    glass = Alert.objects.filter(approvals__decision="break_glass", approvals__reviewed_at=None)
    alive = Alert.objects.filter(state__in=[state.value for state in OPEN])
    for alert in (alive | glass).distinct().select_related("author").order_by("pk"):
        if access.common(mine, alert.scope):
            yield alert, turn(alert, rights)


def _decisions(turns: tuple[tuple[Alert, Turn], ...]) -> Iterator[Task]:
    for alert, mine in turns:
        name = _name(alert)
        there = way("console:alert", alert.pk)
        if mine.offices:
            why = gettext("Your office is asked to approve it.")
            yield Task(name, why, there, gettext("Read and decide"), alert.mode, alert.submitted_at)
        if mine.review:
            why = gettext("It was approved without the offices; one of them reviews that.")
            yield Task(name, why, there, gettext("Review"), alert.mode, mine.review[0].at)
        if mine.launch:
            why = gettext("Approved by all its offices; it has not left.")
            to = way("console:alert-launch", alert.pk)
            yield Task(name, why, to, gettext("To the launch"), alert.mode)
        if mine.write and alert.state == State.RETURNED:
            said = alert.approvals.filter(decision="returned").order_by("-pk").first()
            why = gettext("Sent back: %(reason)s") % {"reason": said.reason if said else ""}
            yield Task(name, why, there, gettext("See why"), alert.mode, said.at if said else None)


def _silent(user: User, running: tuple[Running, ...]) -> Iterator[Task]:
    """Dispatches of one's own that ask for an answer, while they run."""
    for one in running:
        made = one.seen.dispatch
        asks = thaw(made.plan).asks and timezone.now() - made.launched_at < LATELY
        if asks and made.launched_by == user.username:
            yield Task(
                words.subject(made.scenario, made.part),
                gettext("Some people are asked for an answer: see who is silent."),
                reverse("console:dispatch-unanswered", args=[made.pk]),
                gettext("Who has not answered"),
                made.mode,
                made.launched_at,
            )


def _texts(user: User) -> Iterator[Task]:
    """Texts in the languages for which the person vouches."""
    tags = access.languages(user)
    if not tags:
        return
    for one in shelf.to_do(shelf.keys_for(user), locales=tags):
        if one.n:
            line = ngettext("%(n)s text waits for you.", "%(n)s texts wait for you.", one.n)
            there = way("console:words-next", one.locale)
            name = words.language_name(one.locale)
            yield Task(name, line % {"n": number(one.n)}, there, gettext("Translate"))


def _accounts(accounts: tuple[look.Account, ...]) -> Iterator[Wrong]:
    for one in accounts:
        if one.breaker is not Breaker.CLOSED:
            line = gettext("The carrier %(carrier)s (%(account)s) does not work: it is being asked "
                           "again by itself, and others stand in where there are any.")  # fmt: skip
            yield Wrong("warn", line % {"carrier": one.carrier, "account": one.name})


def _books(found: Ledger, user: User) -> Iterator[Wrong]:
    """Of the whole installation for who reads or runs all of it; others are told their part."""
    whole = access.covers(access.regions_of(user, *READERS, Role.ADMIN), (WORLD,))
    broken = found.broken if whole or not found.broken else _broken(user)
    if broken:
        line = ngettext(
            "The books of %(n)s dispatch do not balance: an administrator must look at them.",
            "The books of %(n)s dispatches do not balance: an administrator must look at them.",
            broken,
        )
        yield Wrong("refuse", line % {"n": number(broken)})
    for lane, seconds in found.backlog.items():
        if seconds > LATE:
            line = gettext("Messages have been waiting for %(time)s (lane: %(lane)s).")
            yield Wrong("warn", line % {"time": duration(seconds), "lane": LANES.get(lane, lane)})
    for one in found.unknowns:
        n = one.n if whole else one.n // crowds.FEW * crowds.FEW
        line = ngettext(
            "%(mode)s: of %(n)s message nobody knows yet whether it left; the carriers are being "
            "asked.",
            "%(mode)s: of %(n)s messages nobody knows yet whether they left; the carriers are "
            "being asked.",
            n,
        )
        if n:
            told = number(n) if whole else f"≥ {number(n)}"
            yield Wrong("note", line % {"mode": words.MODES[one.mode], "n": told})


def _broken(user: User) -> int:
    """Dispatches of the person's regions whose books do not balance."""
    return sum(seen.find(user, one) is not None for one in watch.broken())


def _name(alert: Alert) -> str:
    subject = words.subject(alert.scenario, alert.part)
    return f"{subject} · {apart(alert.title)}" if alert.title else subject
