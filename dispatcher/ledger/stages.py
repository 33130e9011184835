"""Later stages of a dispatch: made at launch or by hand, enlisted once when they are due.

A stage goes to people of its dispatch who still need it; whoever has answered in the meantime is
not targeted. Each slice is one transaction with its batches, exclusions and the stage's cursor, so
that a killed enlister leaves all of it or nothing.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction

from dispatcher.ledger import enlisting, statements, tally
from dispatcher.ledger.enlisting import ALL, Open, Page, Reader, Recipients, Slice, Way
from dispatcher.ledger.tally import Sent

Kind = Literal["ladder", "share", "reminder"]
Unless = Literal["acknowledged", "delivered"]


@dataclass(frozen=True, slots=True)
class NewStage:
    """A stage as the plan or a person asks for it; `after` from the launch, None: now."""

    name: str
    kind: Kind
    after: timedelta | None = None
    group: str = ""
    step: int = 0
    unless: Unless = "acknowledged"
    requested_by: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage as it stands."""

    id: int
    dispatch_id: int
    number: int
    name: str
    kind: Kind
    group: str
    step: int
    unless: Unless
    due_at: datetime
    state: Literal["waiting", "enlisting", "done", "moot"]
    requested_by: str
    reason: str
    begun_at: datetime | None
    ended_at: datetime | None
    slices: int
    targeted: int


@dataclass(frozen=True, slots=True)
class Held:
    """A stage whose turn it is, held with its dispatch until the end of the transaction."""

    stage: Stage
    opened: Open
    alert_ref: str
    lane: str
    launched_at: datetime
    after: int
    """Contact id of the last one looked at."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a slice of a stage is for.

    `channels`: who was told by all of them is left out; none: it makes no difference. `roles` and
    `others`: those of the group and of the groups before it. `query`: the people are those of the
    recipients' query who have not answered, and not those of the dispatch.
    """

    channels: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    query: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """Of how many people who may have received it so many have answered."""

    people: int
    answered: int

    @property
    def share(self) -> float:
        """Per cent; 0 where nobody was reached."""
        return 100 * self.answered / self.people if self.people else 0.0


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody who has not answered, by the best that happened to them."""

    contact_id: int
    region: str
    language: str
    figure: str
    """As in the people's book."""
    channels: tuple[str, ...]
    """By which they were told, or would be."""
    reason: str
    """Why nothing goes to who is excluded."""


def add(dispatch_id: int, new: NewStage) -> bool:
    """Ask for a stage; False when the dispatch has one of this name already."""
    made = statements.rows(
        "add_stage",
        dispatch=dispatch_id,
        name=new.name,
        kind=new.kind,
        group=new.group,
        step=new.step,
        unless=new.unless,
        after=new.after,
        requested_by=new.requested_by,
    )
    return bool(made)


def of(dispatch_id: int) -> list[Stage]:
    """The stages of a dispatch, in their order."""
    return [Stage(*row) for row in statements.rows("stages", dispatch=dispatch_id)]


def due() -> list[int]:
    """Ids of the stages that have something to do now, the oldest first."""
    return [stage_id for (stage_id,) in statements.rows("due_stages")]


def hold(stage_id: int) -> Held | None:
    """The stage, locked with its dispatch; None when another has it or it is not its turn."""
    found = statements.rows("hold_stage", stage=stage_id)
    if not found:
        return None
    *told, mode, plan, cutoff_at, expires_at, severity, alert_ref, lane, launched_at, after = found[
        0
    ]
    stage = Stage(*told)
    opened = Open(
        stage.dispatch_id, mode, json.loads(plan), stage.begun_at or cutoff_at, expires_at, severity
    )
    return Held(stage, opened, alert_ref, lane, launched_at, after)


def begin(held: Held, *, reason: str = "") -> Held:
    """From now on its slices are written; this moment is the cut-off for its addresses."""
    [(begun_at,)] = statements.rows("begin_stage", stage=held.stage.id, reason=reason)
    return replace(held, opened=replace(held.opened, cutoff_at=begun_at))


def call_off(held: Held, *, reason: str) -> None:
    """Nobody needs it."""
    statements.run("end_stage", stage=held.stage.id, state="moot", reason=reason)


def end_of_the_over() -> int:
    """Call off the stages of stopped and expired dispatches; how many."""
    return len(statements.rows("over_stages"))


def end_of_the_answered() -> int:
    """Call off what waits where everybody has answered; in how many dispatches."""
    idle = [dispatch_id for (dispatch_id,) in statements.rows("idle_stages")]
    quiet = [one for one in idle if not statements.rows("anybody_silent", dispatch=one)[0][0]]
    for dispatch_id in quiet:
        statements.run("moot_stages", dispatch=dispatch_id)
    return len(quiet)


def answers(dispatch_id: int, *, wordings: Sequence[int] | None = None) -> Answers:
    """How many may have received it (in one of these wordings), and how many have answered."""
    listed = None if wordings is None else list(wordings)
    found = statements.rows("share_answered", dispatch=dispatch_id, wordings=listed)
    return Answers(*found[0])


def unanswered(dispatch_id: int, *, regions: Sequence[str] | None = None) -> list[Silent]:
    """Everybody who has not answered, each once; `regions` None: everywhere."""
    listed = None if regions is None else list(regions)
    found = statements.rows("unanswered", dispatch=dispatch_id, regions=listed)
    return [
        Silent(contact_id, region, language, figure, tuple(channels), reason)
        for contact_id, region, language, figure, channels, reason in found
    ]


def who_answered(dispatch_id: int, contact_ids: Sequence[int]) -> set[int]:
    """Those of these people who have answered this dispatch."""
    found = statements.prepared("who_answered", dispatch=dispatch_id, contacts=list(contact_ids))
    return {contact_id for (contact_id,) in found}


def enlist(
    held: Held,
    whom: Whom,
    *,
    recipients: Callable[[Open], Recipients],
    ways: Callable[[Open, Sequence[Reader]], Sequence[Way]],
    most: int,
) -> Slice:
    """Enlist the next slice of a stage that is held; call it in the transaction that holds it.

    `most`: about so many people of the dispatch are looked at. Raises LookupError when `ways` says
    nothing of a reader.
    """
    assert transaction.get_connection().in_atomic_block
    page = _asked(held, recipients, most=most) if whom.query else _silent(held, whom, most=most)
    opened = replace(held.opened, people=page.people)
    batched = excluded = 0
    if page.people:
        enlisting.lay_out_people(recipients(opened), page, roles=whom.roles, others=whom.others)
        batched, excluded = enlisting.write(opened, ways(opened, enlisting.readers()))
    last = page.upto == ALL
    statements.run(
        "stage_slice_done",
        stage=held.stage.id,
        cursor=page.upto,
        last=last,
        targeted=batched + excluded,
    )
    return Slice(opened.id, len(page.people), batched, excluded, last)


def _silent(held: Held, whom: Whom, *, most: int) -> Page:
    """The next people of the dispatch who still need it."""
    upto = enlisting.page_end(held.opened.id, after=held.after, most=most)
    found = statements.rows(
        "still_silent",
        dispatch=held.opened.id,
        after=held.after,
        upto=upto,
        unless=held.stage.unless,
        channels=list(whom.channels),
    )
    return Page.of(found, upto=upto)


def _asked(held: Held, recipients: Callable[[Open], Recipients], *, most: int) -> Page:
    """The next people of a named group who have not answered."""
    query = recipients(held.opened)
    text = f"select contact_id from ({query.sql}) r where contact_id > %(after)s order by 1 limit %(most)s"  # noqa: S608, E501
    found = statements.rows_of(text, {**query.params, "after": held.after, "most": most})
    ids = [contact_id for (contact_id,) in found]
    upto = ids[-1] if len(ids) == most else ALL
    done = who_answered(held.opened.id, ids)
    return Page.of([(one, "") for one in ids if one not in done], upto=upto)


def sent(dispatch_id: int) -> list[Sent]:
    """What has left, by what it said and where, most first: from the rows, however many."""
    return tally.told_sent(statements.rows("sent", dispatch=dispatch_id, regions=None))
