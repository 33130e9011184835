"""The launch: one idempotent service that turns an approved alert into one frozen dispatch.

Whoever launches, from whichever door and however often, gets the same dispatch. Pause, resume and
stop are for everybody who writes or approves alerts for all of its regions, not only for who
launched it.
"""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, Func

from dispatcher.alerts import desk, frozen, gate, night, survey
from dispatcher.alerts.models import Alert
from dispatcher.alerts.scenarios import load
from dispatcher.alerts.states import State
from dispatcher.fanout import doorbell
from dispatcher.fanout.plan import freeze, thaw
from dispatcher.kit import queues
from dispatcher.kit.errors import Refused
from dispatcher.kit.tracing import span
from dispatcher.ledger import enlisting, entries, stages
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.statements import ledger_now
from dispatcher.operators import journal
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import User
from dispatcher.operators.roles import STOPPERS, Role
from dispatcher.wording import library
from dispatcher.wording.states import SENDABLE

CONFIRM = {Alert.DRILL: "DRILL", Alert.REAL: "SEND REAL {number}"}
"""What is typed by hand. Never translated, and never the same for both (Hawaii, 2018)."""

ENDS = frozenset({"correction", "all_clear"})
"""Parts after which what came before must not leave any more: it was wrong, or it is over."""
URGENT = frozenset({"life_safety", "urgent"})
"""Severities that, when it is real, nothing else may stand in front of."""


def words(alert: Alert) -> str:
    """The words that confirm this alert's launch."""
    return CONFIRM[alert.mode].format(number=alert.number)


def launch(alert: Alert, *, by: User, confirm: str, override_quiet: str = "") -> Dispatch:
    """The dispatch of this alert, made now or by an earlier launch.

    `confirm` is what the person typed: `words(alert)`, letter for letter. `override_quiet` is the
    reason for which quiet hours hold nobody back this time; it stands in the journal and the plan.
    A correction or an all-clear stops what is still leaving of the alert that it follows.
    Raises NotAllowed, and Refused
    `alerts.wrong_words|not_approved|changed_since_approval|wording_withdrawn|wording_refused`,
    `alerts.reason_missing`.
    """
    reason = night.check_reason(override_quiet)
    with span("launch") as trace, transaction.atomic():
        trace.tell(alert=alert.pk, mode=alert.mode)
        alert = desk.take(alert, by=by, roles=(Role.AUTHOR,))
        if confirm.strip() != words(alert):
            raise Refused("alerts.wrong_words", number=alert.number, words=words(alert))
        made = dispatch_of(alert)
        if made is not None:
            return made
        _check(alert)
        dispatch = _open(alert, by=by, plan=_woken(alert, reason, by=by))
        trace.tell(dispatch=dispatch.pk)
        _supersede(alert, by=by)
        return dispatch


def lane(mode: str, severity: str) -> str:
    """The lane whose workers send it: a drill never stands before the real thing."""
    return queues.CRITICAL if mode == Alert.REAL and severity in URGENT else queues.ROUTINE


def dispatch_of(alert: Alert) -> Dispatch | None:
    """What the alert's launch made, or None."""
    return Dispatch.objects.filter(alert_ref=survey.reference(alert)).first()


def is_leaving(alert: Alert) -> bool:
    """Whether something of it may still leave."""
    made = dispatch_of(alert)
    return made is not None and not (made.stopped_at or made.state == Dispatch.State.COMPLETE)


@transaction.atomic
def pause(alert: Alert, *, by: User) -> Dispatch:
    """Nothing more leaves until it is resumed; what a carrier has already taken has left.

    Pausing what is paused changes nothing. Raises `alerts.not_launched`, `alerts.over`.
    """
    return _switch(alert, by=by, did="paused", paused_at=LedgerNow())


@transaction.atomic
def resume(alert: Alert, *, by: User) -> Dispatch:
    """Go on after a pause. Raises `alerts.not_launched`, `alerts.over`."""
    dispatch = _switch(alert, by=by, did="resumed", paused_at=None)
    _ring(dispatch)
    return dispatch


@transaction.atomic
def stop(alert: Alert, *, by: User, reason: str = "") -> Dispatch:
    """Withdraw for good all that has not left yet. Raises `alerts.not_launched`, `alerts.over`."""
    dispatch = _switch(alert, by=by, did="stopped", reason=reason, stopped_at=LedgerNow())
    entries.withdraw()
    stages.end_of_the_over()
    _ring(dispatch)  # the slices that were not enlisted yet go into the books as withdrawn
    return dispatch


class LedgerNow(Func):
    """The ledger's clock, which tests can shift."""

    function = "ledger_now"
    output_field = DateTimeField()


def _check(alert: Alert) -> None:
    """Approved, and still exactly what was approved."""
    if alert.state != State.APPROVED:
        raise Refused("alerts.not_approved", number=alert.number, state=alert.state)
    if alert.plan is None or frozen.fingerprint(alert, alert.plan) != alert.fingerprint:
        raise Refused("alerts.changed_since_approval", number=alert.number)
    pinned = frozen.versions(thaw(alert.plan))
    real = alert.mode == Alert.REAL
    stale = [
        text.name
        for text in library.fields(pinned).values()
        if text.state not in SENDABLE or (real and not text.vouched)
    ]
    if stale:
        raise Refused("alerts.wording_withdrawn", number=alert.number, wordings=", ".join(stale))
    for refused in gate.refused(pinned):
        raise refused


def _woken(alert: Alert, reason: str, *, by: User) -> dict[str, Any]:
    """The approved plan, with nobody held back by the night when there is a reason for that."""
    held = thaw(alert.plan or {})
    if not reason or held.quiet is None:
        return alert.plan or {}
    journal.note(by, "alerts.quiet_overridden", survey.reference(alert), reason=reason)
    return freeze(replace(held, quiet=None, quiet_overridden=reason))


def _supersede(alert: Alert, *, by: User) -> None:
    """Nothing more leaves of what is corrected or over, where this person may stop it."""
    earlier = alert.follows
    if alert.part not in ENDS or earlier is None or not is_leaving(earlier):
        return
    try:
        stop(earlier, by=by, reason=f"followed by alert {alert.number}")
    except (NotAllowed, Refused) as refused:
        about = survey.reference(earlier)
        journal.note(by, "alerts.not_stopped", about, code=refused.code, by_alert=alert.number)


def _open(alert: Alert, *, by: User, plan: dict[str, Any]) -> Dispatch:
    severity = load(alert.scenario).severity
    dispatch, made = enlisting.open_dispatch(
        survey.reference(alert),
        number=alert.number,
        mode=alert.mode,
        scenario=alert.scenario,
        part=alert.part,
        severity=severity,
        lane=lane(alert.mode, severity),
        launched_by=by.username,
        expires_at=ledger_now() + alert.expires_after,
        plan=plan,
    )
    if made:
        desk.move(alert, State.LAUNCHED)
        about = survey.reference(alert)
        journal.note(by, "alerts.launched", about, mode=alert.mode, number=alert.number)
        _ring(dispatch)
    return dispatch


def _switch(
    alert: Alert, *, by: User, did: str, reason: str = "", **column: LedgerNow | None
) -> Dispatch:
    """Compare and set one of the dispatch's switches; what is set already stays as it was."""
    alert = desk.take(alert, by=by, roles=STOPPERS)
    dispatch = dispatch_of(alert)
    if dispatch is None:
        raise Refused("alerts.not_launched", number=alert.number)
    if dispatch.stopped_at or dispatch.state == Dispatch.State.COMPLETE:
        if did == "stopped" and dispatch.stopped_at:
            return dispatch
        raise Refused("alerts.over", number=alert.number)
    (name, value), *_ = column.items()
    rows = Dispatch.objects.filter(pk=dispatch.pk, **{f"{name}__isnull": value is not None})
    if rows.update(**column):
        journal.note(by, f"alerts.{did}", survey.reference(alert), reason=reason)
    dispatch.refresh_from_db()
    return dispatch


def _ring(dispatch: Dispatch) -> None:
    """Wake the lane's workers once the decision is on disk; a lost ring is found by the sweep."""
    transaction.on_commit(lambda: doorbell.ring(dispatch.lane), robust=True)
