"""The list of alerts: what is being prepared, where it stands and whose turn it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy

from dispatcher.alerts import approve, desk
from dispatcher.alerts.models import Alert, Approval
from dispatcher.alerts.states import State
from dispatcher.console.alerts.draft import BEING_WRITTEN, LOOKS, STATES, page_of
from dispatcher.operators import access
from dispatcher.operators.models import Office, User
from dispatcher.operators.roles import Role
from dispatcher.reports import words

MOST = 25
"""Alerts on a page."""
SHELVES = {
    "open": (
        gettext_lazy("In preparation"),
        (State.DRAFT, State.RETURNED, State.PENDING, State.APPROVED),
    ),
    "launched": (pgettext_lazy("list of alerts", "Launched"), (State.LAUNCHED,)),
    "over": (gettext_lazy("Rejected or cancelled"), (State.REJECTED, State.CANCELLED)),
}  # fmt: skip
"""What one may look at: name, states."""


@dataclass(frozen=True, slots=True)
class Line:
    """An alert in the list."""

    alert: Alert
    href: str
    subject: str
    state: str
    icon: str
    colour: str
    turn: str
    """Whose turn it is, as a sentence; '' when nobody is waited for."""
    mine: bool
    """It is this person's turn."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A shelf of the list."""

    name: str
    href: str
    current: bool


def tabs(current: str) -> list[Tab]:
    """The shelves."""
    here = reverse("console:alerts")
    return [
        Tab(str(name), here if key == "open" else f"{here}?show={key}", key == current)
        for key, (name, _) in SHELVES.items()
    ]


def lines(user: User, *, shelf: str, before: int | None) -> tuple[list[Line], int | None]:
    """The newest alerts of a shelf that the user may read, and below which number more are."""
    found = desk.listed(by=user).filter(state__in=SHELVES[shelf][1]).select_related("author")
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: MOST + 1])
    mine = access.regions_of(user, Role.AUTHOR)
    offices = Office.objects.in_bulk()
    held = {key for key in offices if access.holds(user, key)}
    told = [_line(alert, user, mine, offices, held) for alert in rows[:MOST]]
    return told, rows[MOST - 1].pk if len(rows) > MOST else None


def _line(
    alert: Alert, user: User, mine: Iterable[str], offices: dict[str, Office], held: set[str]
) -> Line:
    state = State(alert.state)
    owns = access.covers(mine, alert.scope)
    turn, is_mine = _turn(alert, user, owns=owns, offices=offices, held=held)
    writing = state in BEING_WRITTEN and owns
    icon, colour = LOOKS[state]
    return Line(
        alert=alert,
        href=reverse("console:alerts-resume", args=[alert.pk]) if writing else page_of(alert.pk),
        subject=words.subject(alert.scenario, alert.part),
        state=str(STATES[state]),
        icon=icon,
        colour=colour,
        turn=turn,
        mine=is_mine,
    )


def _turn(
    alert: Alert,
    user: User,
    *,
    owns: bool,
    offices: dict[str, Office],
    held: set[str],
) -> tuple[str, bool]:
    """Whose turn it is, and whether it is this person's."""
    author = alert.author.get_full_name()
    match State(alert.state):
        case State.DRAFT:
            own = alert.author_id == user.pk
            return (
                gettext("You are writing it.")
                if own
                else _say(gettext("%(who)s writes it."), author)
            ), own
        case State.RETURNED:
            said = alert.approvals.filter(decision=Approval.Decision.RETURNED).last()
            reason = said.reason if said else ""
            return _say(
                gettext("Sent back, for %(who)s to change: “%(why)s”"), author, reason
            ), owns
        case State.PENDING:
            keys = approve.open_offices(alert)
            names = [str(offices.get(key, key)) for key in keys]
            line = ngettext(
                "Waits for this office: %(offices)s",
                "Waits for these offices: %(offices)s",
                len(names),
            )
            wrote = user.pk in (alert.author_id, alert.submitted_by_id)
            return line % {"offices": " · ".join(names)}, bool(held & set(keys)) and not wrote
        case State.APPROVED:
            return gettext("Approved: it can be launched."), owns
    return "", False


def _say(line: str, who: str, why: str = "") -> str:
    return line % {"who": who, "why": why}
