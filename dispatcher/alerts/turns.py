"""Whose turn it is: what one person may do about one alert now, asked before anybody tries.

The services ask again, under the lock: this only decides which ways a page shows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dispatcher.alerts import approve, scenarios
from dispatcher.alerts.models import Alert, Approval
from dispatcher.alerts.states import State
from dispatcher.operators import access
from dispatcher.operators.models import Office, User
from dispatcher.operators.roles import STOPPERS, Role


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do anywhere; read once for many alerts."""

    user: User
    writes: tuple[str, ...]
    """Regions in which the person is an author, …"""
    approves: tuple[str, ...]
    """… an approver, …"""
    stops: tuple[str, ...]
    """… or may pause and stop."""
    offices: frozenset[str]

    @classmethod
    def of(cls, user: User) -> "Rights":
        """The rights as they stand now."""
        held = (
            Office.objects.filter(holders__user=user) if user.is_active else Office.objects.none()
        )
        return cls(
            user,
            access.regions_of(user, Role.AUTHOR),
            access.regions_of(user, Role.APPROVER),
            access.regions_of(user, *STOPPERS),
            frozenset(held.values_list("pk", flat=True)),
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """What this person may do about this alert."""

    missing: tuple[str, ...] = ()
    """Offices whose yes is missing, whoever may give it."""
    offices: tuple[str, ...] = ()
    """Those for which this person may say yes."""
    barred: str = ""
    """Code of the reason why somebody who holds such an office may not: `alerts.four_eyes`, …"""
    send_back: bool = False
    break_glass: bool = False
    launch: bool = False
    write: bool = False
    review: tuple[Approval, ...] = field(default=())
    """Broken glass that the person may review."""

    @property
    def decides(self) -> bool:
        """Whether anything about the decision is up to this person."""
        return bool(self.offices or self.send_back or self.break_glass)


def turn(alert: Alert, rights: Rights) -> Turn:
    """What somebody with these rights may do about an alert now."""
    state = State(alert.state)
    approves = _covers(rights.approves, alert.scope)
    asked = scenarios.load(alert.scenario).offices
    mine = approves and bool(rights.offices & set(asked))
    missing = approve.open_offices(alert) if state is State.PENDING else ()
    may = tuple(office for office in missing if mine and office in rights.offices)
    barred = _barred(alert, rights.user) if may else ""
    return Turn(
        missing=missing,
        offices=() if barred else may,
        barred=barred,
        send_back=mine and state in {State.PENDING, State.APPROVED},
        break_glass=bool(missing) and _covers(rights.stops, alert.scope),
        launch=state is State.APPROVED and _covers(rights.writes, alert.scope),
        write=state in {State.DRAFT, State.RETURNED} and _covers(rights.writes, alert.scope),
        review=tuple(_to_review(alert, rights.user)) if mine else (),
    )


def _covers(mine: tuple[str, ...], scope: Iterable[str]) -> bool:
    return bool(mine) and access.covers(mine, scope)


def _barred(alert: Alert, user: User) -> str:
    """Why somebody of an office that is asked may not say yes; '' when they may."""
    if user.pk in (alert.author_id, alert.submitted_by_id):
        return "alerts.four_eyes"
    said = alert.approvals.filter(
        user=user, decision=Approval.Decision.APPROVED, void_at=None, fingerprint=alert.fingerprint
    )
    return "alerts.one_person_one_office" if said.exists() else ""


def _to_review(alert: Alert, user: User) -> Iterable[Approval]:
    if user.pk in (alert.author_id, alert.submitted_by_id):
        return ()
    return approve.to_review().filter(alert=alert).exclude(user=user).select_related("user")
