"""Silence becomes the next step: stages that are due are enlisted, once, whatever dies in between.

A stage is judged when its time comes and not before: whoever has answered by then is not asked
again, and a group that was to be told when too few answer is told only then, on the record.
"""

import time

import structlog
from django.db import DatabaseError, transaction

from contacts import errors as contacts_errors
from dispatcher.fanout.doorbell import ring
from dispatcher.fanout.plan import Plan, thaw
from dispatcher.fanout.spread import spread_stage
from dispatcher.kit.errors import Refused
from dispatcher.ledger import stages
from dispatcher.ledger.stages import Answers, Held
from dispatcher.operators import journal

log = structlog.get_logger(__name__)

TURN = 2.0
"""Seconds that one call works; what is left is found again when beat rings, two seconds later. Not
20: it was, and for so long the one worker of its lane asked about no unknown. A slice that has
begun is finished: 40,000 people, about a second."""


def escalate(*, seconds: float = TURN) -> int:
    """Call off what nobody needs, then enlist what is due: one slice, and more while time is.

    How many messages and exclusions it made.
    """
    stages.end_of_the_over()
    stages.end_of_the_answered()
    end, made = time.monotonic() + seconds, 0
    for stage_id in stages.due():
        made += _safely(stage_id, end=end)
        if time.monotonic() >= end:
            break
    return made


def _safely(stage_id: int, *, end: float) -> int:
    """A stage that cannot be enlisted stops none of the others."""
    try:
        return _enlist(stage_id, end=end)
    except (Refused, contacts_errors.Refused, LookupError, DatabaseError):
        log.exception("stage_not_enlisted", stage=stage_id)
        return 0


def _enlist(stage_id: int, *, end: float) -> int:
    """Slice after slice, each in a transaction of its own; the first begins the stage."""
    made = 0
    while True:
        with transaction.atomic():
            held = stages.hold(stage_id)
            if held and held.stage.state == "waiting":
                held = _begin(held)
            if held is None:
                break
            done = spread_stage(held)
        made += done.batched + done.excluded
        if done.batched:
            ring(held.lane)
        if done.last or time.monotonic() >= end:
            break
    return made


def _begin(held: Held) -> Held | None:
    """Begin a stage whose time has come; None when it is not needed after all."""
    stage, facts, reason = held.stage, dict[str, object](), ""
    plan = thaw(held.opened.plan)
    if stage.kind == "share":
        told = stages.answers(stage.dispatch_id, wordings=_wordings(plan))
        reason = f"{told.answered}/{told.people}"
        facts = {"answered": told.answered, "people": told.people}
        if _enough(plan, told):
            stages.call_off(held, reason=reason)
            journal.note(None, "alerts.not_escalated", held.alert_ref, stage=stage.name, **facts)
            return None
    journal.note(None, "alerts.escalated", held.alert_ref, stage=stage.name, **facts)
    return stages.begin(held, reason=reason)


def _wordings(plan: Plan) -> list[int] | None:
    """The wordings of the group whose answers count; None: everybody's do."""
    asked = plan.escalation
    groups = [group for group in plan.groups if asked and group.name == asked.of]
    if not groups:
        return None
    return [one for group in groups for held in group.wordings.values() for one in held.values()]


def _enough(plan: Plan, told: Answers) -> bool:
    """Whether so many have answered as the plan asks for; of nobody it is never enough."""
    asked = plan.escalation
    return asked is None or (told.people > 0 and told.share >= asked.share)
