"""Batches go out, facts come in: claim, advance, record, and what to do when a worker fell silent.

Every function is one transaction. Claims are leases by the database's clock, with a fencing token
that rises with each owner: a late worker's facts still count, but it moves nothing any more.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import structlog
from django.db import transaction

from dispatcher.ledger import questions, statements
from dispatcher.ledger.climb import Fold, tell
from dispatcher.ledger.facts import (
    BLOCK,
    MOST_ATTEMPTS,
    Kind,
    Outcome,
    Rank,
    Verdict,
    back_off,
    standing,
)
from dispatcher.ledger.questions import Again

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=10)
_RANK = {Kind.TAKEN: Rank.HANDED_OVER, Kind.REFUSED: Rank.FAILED, Kind.UNSURE: Rank.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A batch that this worker holds; `cursor` is the first position that has not left."""

    id: int
    token: int
    origin: int
    dispatch_id: int
    channel: str
    account: str
    wording_id: int
    language: str
    region: str
    time_zone: str
    attempt: int
    cursor: int
    size: int
    positions: Sequence[int] | None
    contact_ids: Sequence[int]
    address_ids: Sequence[int]

    def delivery_id(self, index: int) -> int:
        """The id of the delivery at this index; the same for every attempt and carrier."""
        position = index if self.positions is None else self.positions[index]
        return self.origin * BLOCK + position


class Fact(NamedTuple):
    """What one parcel came to; `index` is its place in the batch."""

    index: int  # type: ignore[assignment]  # a tuple's own `index` is nobody's here
    outcome: Outcome
    carrier: str
    account: str = ""
    """That it went through; "" is the batch's own."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a batch that has left: its facts, and who fell out as it was read."""

    batch: Claimed
    facts: Sequence[Fact] = ()
    fallen: Sequence[tuple[int, str]] = field(default=())
    """(index, reason) of people who may no longer be written to."""


def claim(
    lane: str, *, people: int, most: int = 64, resting: Sequence[str] = (), letters: int = 1
) -> list[Claimed]:
    """Lease due batches of the lane with about `people` people who have not been written to.

    Of each dispatch about as many people as of the others, and `most` batches: so many are looked
    at, and kept from others meanwhile. So many `letters` count as one person. Batches of the
    accounts in `resting` are left to lie.
    """
    found = statements.prepared(
        "claim",
        lane=lane,
        people=people,
        most=most,
        resting=list(resting),
        letters=letters,
        lease=LEASE,
    )
    return [Claimed(*row) for row in found]


def advance(windows: Sequence[tuple[Claimed, int]]) -> set[int]:
    """Move each batch's cursor by n, before the carrier is asked; the ids that may go.

    The batch's account is written with it: the one that this window goes through.
    Once for each claim. A batch is missing whose dispatch was paused, stopped or expired, whose
    lease was lost, or out of which a receipt has taken somebody: give it back with `release`.
    """
    found = statements.prepared(
        "advance",
        ids=[batch.id for batch, _ in windows],
        tokens=[batch.token for batch, _ in windows],
        cursors=[batch.cursor for batch, _ in windows],
        sizes=[batch.size for batch, _ in windows],
        counts=[n for _, n in windows],
        accounts=[batch.account for batch, _ in windows],
        lease=LEASE,
    )
    return {batch_id for (batch_id,) in found}


def release(batches: Sequence[tuple[Claimed, float]]) -> None:
    """Give batches back untouched, due again after so many seconds."""
    statements.prepared(
        "release",
        ids=[batch.id for batch, _ in batches],
        tokens=[batch.token for batch, _ in batches],
        seconds=[seconds for _, seconds in batches],
    )


def heartbeat(batches: Sequence[Claimed]) -> set[int]:
    """Renew the leases of a living worker; the ids that are still its own."""
    found = statements.prepared(
        "heartbeat",
        ids=[batch.id for batch in batches],
        tokens=[batch.token for batch in batches],
        lease=LEASE,
    )
    return {batch_id for (batch_id,) in found}


def halted(dispatch_ids: Collection[int]) -> set[int]:
    """Those of the dispatches of which nothing may leave now: stopped, paused or expired."""
    return {found for (found,) in statements.prepared("halted", ids=list(dispatch_ids))}


def record(windows: Sequence[Window]) -> None:
    """The facts of several windows, in one transaction and a handful of statements.

    A window whose lease was lost moves nothing: its facts climb like receipts, in a transaction
    that follows. So do those of a window that says nothing of somebody in it: the lease runs out,
    and they become unknown. Saying the same again is harmless: after a lost connection nobody
    knows whether it was heard.
    """
    windows = [_judged(window) for window in windows]
    with transaction.atomic():
        held = statements.prepared(
            "hold",
            ids=[window.batch.id for window in windows],
            tokens=[window.batch.token for window in windows],
        )
        flying = {batch_id: range(settled, cursor) for batch_id, settled, cursor in held}
        mine, late = _parted(windows, flying)
        _write(mine)
        _retry(mine)
        _exclude(mine)
        if mine:
            statements.prepared("settle", ids=[window.batch.id for window in mine])
    if late:
        _come_late(late)


def _come_late(windows: Sequence[Window]) -> None:
    """What workers say of windows that are not theirs any more, or not wholly told.

    Such a person may wait again by now, be on the wire again, or have a receipt: the facts find
    them like receipts. An unsure one says nothing that is not known; "later" sends an unknown
    again, since it is documented that nobody has it.
    """
    facts = [(window.batch, fact) for window in windows for fact in window.facts]
    risen = [
        Fold(
            batch.delivery_id(fact.index),
            batch.attempt,
            fact.carrier,
            _height(fact.outcome.kind, batch.attempt),
            fact.outcome.code,
            fact.outcome.carrier_id,
        )
        for batch, fact in facts
        if fact.outcome.kind in (Kind.TAKEN, Kind.REFUSED)
    ]
    nowhere = tell(risen, verdict=Verdict.LATE)
    if nowhere:  # somebody who has fallen out since: in the books as excluded, and written to
        log.warning("late_for_excluded", deliveries=sorted(nowhere)[:20], n=len(nowhere))
    luck = random.random()  # noqa: S311  # to spread a crowd, not to hide anything
    questions.again(
        [
            Again(
                batch.delivery_id(fact.index),
                batch.attempt,
                Verdict.NOT_PROCESSED,
                back_off(fact.outcome.retry_after, batch.attempt, luck=luck),
            )
            for batch, fact in facts
            if fact.outcome.kind is Kind.LATER
        ]
    )


def _judged(window: Window) -> Window:
    """After the last attempt that can be told apart, "later" means no."""
    if window.batch.attempt < MOST_ATTEMPTS:
        return window
    return replace(
        window,
        facts=[
            fact._replace(outcome=Outcome.refused("attempts_spent"))
            if fact.outcome.kind is Kind.LATER and fact.outcome.asked
            else fact
            for fact in window.facts
        ],
    )


def _parted(
    windows: Sequence[Window], flying: Mapping[int, range]
) -> tuple[list[Window], list[Window]]:
    """Those that are ours and whole, and the others."""
    mine: list[Window] = []
    late: list[Window] = []
    for window in windows:
        (mine if _whole(window, flying) else late).append(window)
    return mine, late


def _whole(window: Window, flying: Mapping[int, range]) -> bool:
    """Whether the batch is still ours, and everybody in flight has a fact or has fallen out."""
    spoken = {fact.index for fact in window.facts} | {index for index, _ in window.fallen}
    return spoken == set(flying.get(window.batch.id, ())) != set()


def _write(windows: Sequence[Window]) -> None:
    """Write the facts that make a delivery, and ask about those that nobody can tell."""
    found = [
        (window.batch.delivery_id(fact.index), window.batch, fact)
        for window in windows
        for fact in window.facts
        if fact.outcome.kind is not Kind.LATER
    ]
    found.sort(key=itemgetter(0))  # one order for all writers: no deadlock with receipts
    if not found:
        return
    again = [
        (delivery_id, batch.attempt, fact.outcome.carrier_id)
        for delivery_id, batch, fact in found
        if batch.attempt > 1 and fact.outcome.carrier_id
    ]
    if again:
        ids, attempts, carrier_ids = zip(*again, strict=True)
        statements.run(
            "doubled", ids=list(ids), attempts=list(attempts), carrier_ids=list(carrier_ids)
        )
    statements.prepared(
        "write",
        ids=[delivery_id for delivery_id, _, _ in found],
        dispatches=[batch.dispatch_id for _, batch, _ in found],
        contacts=[batch.contact_ids[fact.index] for _, batch, fact in found],
        addresses=[batch.address_ids[fact.index] for _, batch, fact in found],
        standings=[_height(fact.outcome.kind, batch.attempt) for _, batch, fact in found],
        codes=[fact.outcome.code for _, _, fact in found],
        carriers=[fact.carrier for _, _, fact in found],
        carrier_ids=[fact.outcome.carrier_id for _, _, fact in found],
    )
    unsure = [entry for entry in found if entry[2].outcome.kind is Kind.UNSURE]
    if unsure:
        statements.run(
            "question",
            ids=[delivery_id for delivery_id, _, _ in unsure],
            accounts=[fact.account or batch.account for _, batch, fact in unsure],
            attempts=[batch.attempt for _, batch, _ in unsure],
            first=questions.FIRST,
        )


@lru_cache(maxsize=256)
def _height(kind: Kind, attempt: int) -> int:
    """The standing that an attempt's first fact has."""
    return standing(_RANK[kind], attempt)


def _retry(windows: Sequence[Window]) -> None:
    later = [
        (
            window.batch.id,
            fact.index,
            fact.outcome.retry_after
            if not fact.outcome.asked
            else back_off(fact.outcome.retry_after, window.batch.attempt, luck=luck),
            fact.outcome.code,
            fact.outcome.asked,
        )
        for window in windows
        for luck in [random.random()]  # noqa: S311  # one throw: neighbours share a batch
        for fact in window.facts
        if fact.outcome.kind is Kind.LATER
    ]
    if later:
        batches, indexes, seconds, codes, asked = zip(*later, strict=True)
        statements.run(
            "retry",
            batches=list(batches),
            indexes=list(indexes),
            seconds=list(map(float, seconds)),
            codes=list(codes),
            asked=list(asked),
        )


def _exclude(windows: Sequence[Window]) -> None:
    fallen = [
        (batch.id, batch.delivery_id(index), batch.contact_ids[index], reason)
        for window in windows
        for batch in [window.batch]
        for index, reason in window.fallen
    ]
    if fallen:
        batches, ids, contacts, reasons = zip(*fallen, strict=True)
        statements.run(
            "exclude",
            batches=list(batches),
            ids=list(ids),
            contacts=list(contacts),
            reasons=list(reasons),
        )


def abandon() -> int:
    """Take batches whose lease ran out from their silent workers; how many.

    What was in flight becomes unknown, with a question; the rest waits again.
    """
    return len(statements.rows("abandon", first=questions.FIRST))


def withdraw() -> int:
    """Withdraw what waits of stopped and expired dispatches; how many batches."""
    return statements.run("withdraw")


def finish() -> list[int]:
    """Close the dispatches that have nothing left to do or to learn; their ids."""
    return [dispatch_id for (dispatch_id,) in statements.rows("finish")]


def due_lanes() -> list[str]:
    """Lanes in which a worker would find something to do now."""
    return [lane for (lane,) in statements.rows("due_lanes")]


def squash() -> int:
    """Fold the deltas into the sums; of how many dispatches there were any."""
    return statements.run("squash", dispatch=None)
