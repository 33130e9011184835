"""The audience becomes batches, slice by slice: the first leave while the rest is enlisted.

A launch enlists the plan's audience, or those who may have received an earlier dispatch. A later
stage enlists those of its dispatch who still need it.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from contacts.reach import Audience, Query, Scope, recipients
from dispatcher.fanout.ladder import before, group_of
from dispatcher.fanout.plan import Group, Plan, Step, thaw
from dispatcher.fanout.ways import Setting
from dispatcher.ledger import stages
from dispatcher.ledger.enlisting import Affected, Open, Reader, Slice, Way, enlist
from dispatcher.ledger.stages import Held, NewStage, Stage, Whom
from dispatcher.ledger.statements import ledger_now

FIRST_SLICE, LARGEST_SLICE = 250, 128_000
"""People: the first slice is small so that the first message leaves soon, later ones are large so
that batches are full."""
OPEN = 8
"""Dispatches of which a process keeps what it has chosen for their readers."""
TOO_FEW = "too_few"
"""Name of the stage that goes to the named group."""


def spread(lane: str, *, passing: Sequence[int] = ()) -> Slice | None:
    """Enlist the next slice of the lane's oldest open dispatch; None when there is none.

    The dispatches in `passing` are left out: they could not be enlisted a moment ago.
    """
    return enlist(
        lane,
        recipients=_recipients,
        ways=_first_ways,
        most=slice_size,
        among=_among,
        passing=passing,
    )


def spread_stage(held: Held) -> Slice:
    """Enlist the next slice of a stage that is held; call it in the transaction that holds it."""
    plan, stage = thaw(held.opened.plan), held.stage
    named = plan.escalation.to if stage.kind == "share" and plan.escalation else ""
    return stages.enlist(
        held,
        _whom(stage, plan),
        recipients=partial(_recipients, named=named),
        ways=partial(_ways, step_of=partial(_step, stage, plan), launched_at=held.launched_at),
        most=slice_size(stage.slices),
    )


def later_stages(plan: Plan, *, groups: Collection[str]) -> list[NewStage]:
    """The later stages that a plan asks for where there are people of these groups.

    A ladder's further steps, and the named group that is told when too few answer.
    """
    made = [
        NewStage(
            f"{group.name}.{number + 1}",
            "ladder",
            after=timedelta(seconds=step.after or 0),
            group=group.name,
            step=number,
            unless=step.unless,
        )
        for group in plan.groups
        for number, step in enumerate(group.ladder)
        if number and group.name in groups
    ]
    if plan.escalation and plan.escalation.of in {"", *groups}:
        made.append(NewStage(TOO_FEW, "share", after=timedelta(seconds=plan.escalation.within)))
    return sorted(made, key=lambda stage: stage.after or timedelta(0))


def slice_size(slices: int) -> int:
    """People in the slice that follows so many: eight times as many each time, up to the largest.

    Written ten times as fast as they are sent, so that nobody waits for it; and the sooner slices
    are large the fuller are the batches.
    """
    return min(FIRST_SLICE << min(3 * slices, 16), LARGEST_SLICE)


def affected(plan: Plan) -> Affected | None:
    """Whose receivers the plan is for, where it may reach; None: for its own audience."""
    if plan.affected is None:
        return None
    regions = None if plan.scope is None else Scope(plan.scope).codes()
    return Affected(plan.affected, regions, plan.affected_wordings or None)


def _among(opened: Open) -> Affected | None:
    return affected(thaw(opened.plan))


def _recipients(opened: Open, *, named: str = "") -> Query:
    plan = thaw(opened.plan)
    scope = Scope.everything() if plan.scope is None else Scope(plan.scope)
    audience = Audience(named) if named else Audience(plan.segment, plan.list_id)
    if opened.people is not None:  # the ledger chose them, by where they were then
        audience, scope = Audience(people=opened.people), Scope.everything()
    return recipients(audience, scope=scope, kind=plan.kind, cutoff=opened.cutoff_at)


def _whom(stage: Stage, plan: Plan) -> Whom:
    """A ladder's step is for its group, by channels that have not told them yet."""
    if stage.kind != "ladder":
        return Whom(query=stage.kind == "share")
    group, others = before(stage.group, groups=plan.groups)
    return Whom(group.ladder[stage.step].channels, group.roles, others)


def _first_step(group: Group) -> Step:
    return group.ladder[0]


def _step(stage: Stage, plan: Plan, group: Group) -> Step:
    """The step by which a stage tells a group."""
    if stage.kind == "ladder":
        return group.ladder[stage.step]
    named = plan.escalation.step if stage.kind == "share" and plan.escalation else None
    return named or group.ladder[0]


class _Chosen:
    """What a dispatch's readers are told, of those whom earlier slices had: most come again.

    Only where no hours hold anything back: those depend on the moment.
    """

    def __init__(self) -> None:
        self._of: dict[tuple[int, str], dict[int, list[Way]]] = {}

    def ways(self, opened: Open, readers: Sequence[Reader], setting: Setting) -> list[Way]:
        """The ways of these readers, of those that are new by the setting."""
        key = (opened.id, repr(setting.accounts))
        known = self._of.pop(key, {})
        self._of[key] = known  # the last that was asked for is the last to be forgotten
        for reader in readers:
            if reader.key not in known:
                known[reader.key] = list(setting.ways(reader))
        while len(self._of) > OPEN:
            self._of.pop(next(iter(self._of)), None)
        return [way for reader in readers for way in known[reader.key]]


_CHOSEN = _Chosen()


def _first_ways(opened: Open, readers: Sequence[Reader]) -> list[Way]:
    """Of a launch; the stages that these readers will need are asked for in the same transaction.

    A group in which there is nobody keeps no dispatch open.
    """
    plan = thaw(opened.plan)
    found = (group_of(reader.roles, groups=plan.groups) for reader in readers)
    groups = {group.name for group in found if group}
    for new in later_stages(plan, groups=groups) if plan.asks and groups else ():
        stages.add(opened.id, new)
    setting = _setting(opened, plan, step_of=_first_step)
    if plan.quiet is None:
        return _CHOSEN.ways(opened, readers, setting)
    return [way for reader in readers for way in setting.ways(reader)]


def _ways(
    opened: Open,
    readers: Sequence[Reader],
    *,
    step_of: Callable[[Group], Step],
    launched_at: datetime,
) -> list[Way]:
    """Of a later stage, whose pause begins when its people were told at last."""
    setting = _setting(opened, thaw(opened.plan), step_of=step_of, launched_at=launched_at)
    return [way for reader in readers for way in setting.ways(reader)]


def _setting(
    opened: Open,
    plan: Plan,
    *,
    step_of: Callable[[Group], Step],
    launched_at: datetime | None = None,
) -> Setting:
    return Setting.of(
        plan,
        mode=opened.mode,
        step_of=step_of,
        now=ledger_now(),
        launched_at=launched_at,
        expires_at=opened.expires_at,
    )
