"""The decision: submitted by one, approved by the offices that the scenario names.

Break-glass is the way out when an office cannot be reached: it needs a reason, stands in the
journal, and somebody of those offices reviews it afterwards.
"""

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from dispatcher.alerts import desk, frozen, gate, marks, scenarios
from dispatcher.alerts.models import Alert, Approval
from dispatcher.alerts.states import State
from dispatcher.kit.errors import Refused
from dispatcher.operators import access, journal
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import User
from dispatcher.operators.roles import STOPPERS, Role

APPROVERS = (Role.APPROVER,)
SHORTEST_REASON = 10
"""Characters of a reason for breaking the glass: "urgent" tells nothing to who reviews it."""
Said = Approval.Decision


@transaction.atomic
def submit(alert: Alert, *, by: User, seen: str | None = None) -> Alert:
    """Ask the offices: wordings are pinned and all that will leave is fingerprinted.

    `seen` is the mark (`marks.of_alert`) of what the person looked at.
    Raises `gate.NotReady` with every cause, `alerts.move_not_allowed|changed_since_seen`.
    """
    alert = desk.take(alert, by=by, roles=(Role.AUTHOR,))
    if seen is not None and seen != marks.of_alert(alert):
        raise Refused("alerts.changed_since_seen", number=alert.number)
    causes = gate.lacks(alert)
    if causes:
        raise gate.NotReady(alert.number, causes)
    plan, fingerprint = frozen.pinned(alert)
    desk.move(
        alert,
        State.PENDING,
        plan=plan,
        fingerprint=fingerprint,
        submitted_by=by,
        submitted_at=Now(),
    )
    journal.note(by, "alerts.submitted", f"alert:{alert.pk}", fingerprint=fingerprint)
    return alert


@transaction.atomic
def approve(alert: Alert, *, by: User, office: str = "", seen: str = "") -> Alert:
    """An office's yes to exactly what was submitted; the last one makes the alert approved.

    `office` may be left out by who holds just one that is asked. `seen` is the fingerprint (or its
    beginning) of what the person looked at. Saying yes twice is saying it once.
    Raises NotAllowed `alerts.not_in_office|four_eyes|one_person_one_office`, and Refused
    `alerts.office_not_asked|office_has_approved|changed_since_seen|not_pending`.
    """
    alert = _pending(alert, by=by)
    office = office or _own_office(alert, by)
    _check_office(alert, by=by, office=office)
    if not alert.fingerprint.startswith(seen):
        raise Refused("alerts.changed_since_seen", number=alert.number)
    if _own_yes(alert, by=by, office=office):
        return alert
    Approval.objects.create(
        alert=alert,
        office_id=office,
        user=by,
        decision=Said.APPROVED,
        fingerprint=alert.fingerprint,
    )
    journal.note(
        by, "alerts.approved", f"alert:{alert.pk}", office=office, fingerprint=alert.fingerprint
    )
    if not open_offices(alert):
        desk.move(alert, State.APPROVED)
    return alert


@transaction.atomic
def send_back(alert: Alert, *, by: User, reason: str, office: str = "") -> Alert:
    """An office asks for a change, until the launch. Raises `alerts.reason_missing`."""
    return _refuse(alert, by=by, office=office, reason=reason, said=Said.RETURNED)


@transaction.atomic
def reject(alert: Alert, *, by: User, reason: str, office: str = "") -> Alert:
    """An office refuses for good. Raises `alerts.reason_missing`."""
    return _refuse(alert, by=by, office=office, reason=reason, said=Said.REJECTED)


@transaction.atomic
def break_glass(alert: Alert, *, by: User, reason: str, seen: str = "") -> Alert:
    """Approve without the offices that cannot be reached; reviewed afterwards by one of them.

    `seen` is what `approve` calls so. Raises `alerts.reason_missing`, `alerts.not_pending`,
    `alerts.changed_since_seen`.
    """
    alert = desk.take(alert, by=by, roles=STOPPERS)
    _check_pending(alert)
    if not alert.fingerprint.startswith(seen):
        raise Refused("alerts.changed_since_seen", number=alert.number)
    _check_reason(reason, least=SHORTEST_REASON)
    missing = open_offices(alert)
    Approval.objects.create(
        alert=alert,
        user=by,
        decision=Said.BREAK_GLASS,
        reason=reason.strip(),
        fingerprint=alert.fingerprint,
    )
    desk.move(alert, State.APPROVED)
    journal.note(
        by, "alerts.broke_glass", f"alert:{alert.pk}", reason=reason.strip(), without=missing
    )
    return alert


@transaction.atomic
def review(broken: Approval, *, by: User, word: str) -> None:
    """What an office says afterwards about broken glass. Raises NotAllowed `alerts.four_eyes`.

    Who wrote or submitted the alert could not have approved it, and does not review it either.
    """
    alert = desk.take(broken.alert, by=by, roles=APPROVERS)
    if by.pk in (broken.user_id, alert.author_id, alert.submitted_by_id):
        raise NotAllowed("alerts.four_eyes", who=by.username, number=alert.number)
    _own_office(alert, by, asked=scenarios.load(alert.scenario).offices)
    _check_reason(word)
    rows = Approval.objects.filter(pk=broken.pk, decision=Said.BREAK_GLASS, reviewed_at=None)
    if not rows.update(reviewed_by=by, reviewed_at=Now(), review=word.strip()):
        raise Refused("alerts.nothing_to_review", number=alert.number)
    journal.note(by, "alerts.glass_reviewed", f"alert:{alert.pk}", word=word)


def to_review() -> QuerySet[Approval]:
    """Broken glass that nobody has reviewed yet, oldest first."""
    return Approval.objects.filter(decision=Said.BREAK_GLASS, reviewed_at=None).order_by("pk")


def open_offices(alert: Alert) -> tuple[str, ...]:
    """The offices whose yes to the present content is missing, in the scenario's order."""
    given = set(
        alert.approvals.filter(
            decision=Said.APPROVED, void_at=None, fingerprint=alert.fingerprint
        ).values_list("office_id", flat=True)
    )
    return tuple(key for key in scenarios.load(alert.scenario).offices if key not in given)


def _pending(alert: Alert, *, by: User) -> Alert:
    alert = desk.take(alert, by=by, roles=APPROVERS)
    _check_pending(alert)
    return alert


def _check_pending(alert: Alert) -> None:
    if alert.state != State.PENDING:
        raise Refused("alerts.not_pending", number=alert.number, state=alert.state)


def _own_office(alert: Alert, by: User, *, asked: tuple[str, ...] = ()) -> str:
    """The one office that is asked and that this person holds; of several the person names one."""
    wanted = asked or open_offices(alert)
    mine = [office for office in wanted if access.holds(by, office)]
    if not mine:
        raise NotAllowed("alerts.not_in_office", who=by.username, offices=", ".join(wanted))
    if len(mine) > 1 and not asked:
        raise Refused("alerts.which_office", offices=", ".join(mine))
    return mine[0]


def _check_office(alert: Alert, *, by: User, office: str) -> None:
    """The scenario asks this office, the person sits in it, and did not write the alert."""
    offices = scenarios.load(alert.scenario).offices
    if office not in offices:
        raise Refused("alerts.office_not_asked", office=office, offices=", ".join(offices))
    if not access.holds(by, office):
        raise NotAllowed("alerts.not_in_office", who=by.username, offices=office)
    if by.pk in (alert.author_id, alert.submitted_by_id):
        raise NotAllowed("alerts.four_eyes", who=by.username, number=alert.number)


def _own_yes(alert: Alert, *, by: User, office: str) -> bool:
    """Whether this very yes was said before; another's, or one for another office, is refused."""
    for given in alert.approvals.filter(decision=Said.APPROVED, void_at=None):
        if (given.office_id, given.user_id) == (office, by.pk):
            return True
        if given.office_id == office:
            raise Refused("alerts.office_has_approved", office=office)
        if given.user_id == by.pk:
            raise NotAllowed(
                "alerts.one_person_one_office", who=by.username, office=given.office_id
            )
    return False


def _refuse(alert: Alert, *, by: User, office: str, reason: str, said: Approval.Decision) -> Alert:
    alert = desk.take(alert, by=by, roles=APPROVERS)
    _check_reason(reason)
    office = office or _own_office(alert, by, asked=scenarios.load(alert.scenario).offices)
    if not access.holds(by, office):
        raise NotAllowed("alerts.not_in_office", who=by.username, offices=office)
    fingerprint = alert.fingerprint
    desk.move(alert, State.RETURNED if said is Said.RETURNED else State.REJECTED)
    alert.approvals.filter(decision=Said.APPROVED, void_at=None).update(void_at=Now())
    Approval.objects.create(
        alert=alert,
        office_id=office,
        user=by,
        decision=said,
        reason=reason.strip(),
        fingerprint=fingerprint,
    )
    journal.note(by, f"alerts.{said.value}", f"alert:{alert.pk}", office=office, reason=reason)
    return alert


def _check_reason(reason: str, *, least: int = 1) -> None:
    if len(reason.strip()) < least:
        raise Refused("alerts.reason_missing", least=least)
