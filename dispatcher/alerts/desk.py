"""The desk: one alert taken in hand by one person, who is asked for the right to do so."""

from django.db.models import QuerySet
from django.db.models.functions import Now

from dispatcher.alerts.models import Alert
from dispatcher.alerts.states import OPEN, State, check_move
from dispatcher.kit.errors import Refused
from dispatcher.operators import access
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import User
from dispatcher.operators.roles import READERS, Role


def find(number: str | int) -> Alert:
    """The alert of this number, for no one in particular. Raises `alerts.unknown`."""
    text = str(number).strip()
    found = Alert.objects.filter(pk=int(text)).first() if _is_number(text) else None
    if found is None:
        raise Refused("alerts.unknown", number=text[:40])
    return found


def read(number: str | int, *, by: User) -> Alert:
    """An alert for reading: whoever reads in some region of it. Raises NotAllowed."""
    alert = find(number)
    if not seen_by(by, alert):
        raise _outside(by, alert)
    return alert


def take(alert: Alert, *, by: User, roles: tuple[Role, ...]) -> Alert:
    """The alert's row, locked until the end of the transaction, for somebody who may act on it.

    The person needs one of the roles over every region of the alert. Raises NotAllowed.
    """
    locked = Alert.objects.select_for_update().get(pk=alert.pk)
    if not access.covers(access.regions_of(by, *roles), locked.scope):
        raise _outside(by, locked)
    return locked


def listed(*, by: User) -> QuerySet[Alert]:
    """The alerts that the person may read, newest first."""
    mine = access.regions_of(by, *READERS)
    scopes = Alert.objects.values_list("scope", flat=True).order_by("scope").distinct()
    return Alert.objects.filter(
        scope__in=[scope for scope in scopes if access.common(mine, scope)]
    ).order_by("-pk")


def seen_by(user: User, alert: Alert) -> bool:
    """Whether the user reads alerts in some region that this one reaches."""
    return bool(regions_seen(user, alert))


def sees_all(user: User, alert: Alert) -> bool:
    """Whether the user reads alerts in every region that this one reaches."""
    return access.covers(access.regions_of(user, *READERS), alert.scope)


def regions_seen(user: User, alert: Alert) -> tuple[str, ...]:
    """The part of the alert's regions whose figures the user may read."""
    return access.common(access.regions_of(user, *READERS), alert.scope)


def change(alert: Alert) -> None:
    """Make room for a change of a locked alert: back to draft, and what was approved is void.

    Raises `alerts.closed` when it was launched, rejected or cancelled.
    """
    state = State(alert.state)
    if state not in OPEN:
        raise Refused("alerts.closed", number=alert.number, state=state.value)
    if state is State.DRAFT:
        return
    move(alert, State.DRAFT, plan=None, fingerprint="", submitted_by=None, submitted_at=None)
    alert.approvals.filter(void_at=None).update(void_at=Now())


def move(alert: Alert, to: State, **columns: object) -> None:
    """Compare and set the state. Raises `alerts.move_not_allowed`, `alerts.changed_meanwhile`."""
    check_move(State(alert.state), to)
    mine = Alert.objects.filter(pk=alert.pk, state=alert.state)
    if not mine.update(state=to.value, **columns):
        raise Refused("alerts.changed_meanwhile", number=alert.number)
    alert.refresh_from_db()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18  # noqa: PLR2004  # a bigint


def _outside(user: User, alert: Alert) -> NotAllowed:
    return NotAllowed(
        "alerts.outside_scope",
        who=user.username,
        number=alert.number,
        regions=", ".join(alert.scope),
    )
