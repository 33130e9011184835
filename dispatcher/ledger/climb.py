"""Receipts climb: each event once, folded per delivery, in any order, early or late."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from dispatcher.ledger import statements
from dispatcher.ledger.facts import BLOCK, MOST_ATTEMPTS, Rank, Receipt, Verdict, standing

_LARGEST = 2**63 - 1
_WORDS = {rank: rank.name.lower() for rank in Rank}


@dataclass(frozen=True, slots=True)
class Climbed:
    """What a bundle of receipts came to."""

    new: int
    repeated: int
    stray: int
    foreign: frozenset[int] = frozenset()
    """Deliveries of another mode than their receipts' key: what was said of them is dropped."""


@dataclass(slots=True)
class Fold:
    """All that is newly known of one delivery as one; grows while it is folded."""

    delivery_id: int
    attempt: int
    carrier: str
    standing: int = 0
    code: str = ""
    carrier_id: str = ""
    opened: bool = False
    acknowledged: bool = False


class _Vanished(Exception):  # noqa: N818  # it states a fact
    """A row left between two looks, because its message waits again: look once more."""


@dataclass(frozen=True, slots=True)
class _Holder:
    """A batch that could hold a delivery."""

    id: int
    origin: int
    dispatch_id: int
    account: str
    attempt: int
    cursor: int
    settled: int
    size: int
    positions: list[int] | None
    contact_ids: list[int]
    address_ids: list[int]

    def index(self, position: int) -> int | None:
        """Where the batch has this position; None when it has not."""
        if self.positions is None:
            return position if position < self.size else None
        return self.positions.index(position) if position in self.positions else None


def climb(receipts: Sequence[Receipt], *, mode: str = "") -> Climbed:
    """Put verified receipts on the books; each is there with all that follows from it, or not.

    `mode` is that of the account whose key signed them: they say nothing of deliveries of the
    other mode. "" is our own word, for either. The same event twice changes nothing. What belongs
    to no message that left is kept as a stray.

    Deliveries that have their row, nearly all, climb by one statement, which is its own
    transaction; the rest follow in a second one. After an error all may be said again.
    """
    told = {(one.carrier, one.key): one for one in map(_storable, receipts)}
    if not told:
        return Climbed(0, 0, 0)
    ordered = [told[key] for key in sorted(told)]  # one order for all: no deadlock among repeats
    kept, apart = _lift(ordered, mode=mode)
    rest = [receipt for receipt in ordered if receipt.delivery_id in apart]
    mine = of_mode(rest, mode=mode) if mode else rest
    new, strays = _rise(mine) if mine else (0, 0)
    foreign = apart - {receipt.delivery_id for receipt in mine}
    repeated = len(receipts) - (len(rest) - len(mine)) - kept - new
    return Climbed(kept + new, repeated, strays, frozenset(foreign))


def _lift(
    receipts: list[Receipt],
    *,
    mode: str,
    folds: list[Fold] | None = None,
    verdict: str = Verdict.RECEIPT,
) -> tuple[int, set[int]]:
    """Keep and climb what has its row; how many were new, and the ids of all other deliveries.

    `folds` are the receipts', if not given; `verdict` is what the questions that they answer came
    to.
    """
    folds = fold(receipts) if folds is None else folds
    [(kept, apart)] = statements.prepared(
        "lift",
        kept=True,
        mode=mode,
        verdict=str(verdict),
        **_columns(receipts),
        delivery_ids=[fold.delivery_id for fold in folds],
        standings=[fold.standing for fold in folds],
        reasons=[fold.code for fold in folds],
        carrier_ids=[fold.carrier_id for fold in folds],
        opened=[fold.opened for fold in folds],
        acknowledged=[fold.acknowledged for fold in folds],
    )
    return kept, set(apart)


def _rise(receipts: list[Receipt]) -> tuple[int, int]:
    """Climb also what has no row yet, making it; how many were kept, and how many of them stray.

    Batches are locked before deliveries, and these before the events are written: as everywhere.
    """
    while True:
        with suppress(_Vanished), transaction.atomic():
            homeless = _make_room(fold(receipts))
            housed = [receipt for receipt in receipts if receipt.delivery_id not in homeless]
            astray = [receipt for receipt in receipts if receipt.delivery_id in homeless]
            kept, gone = _lift(housed, mode="") if housed else (0, set())
            if gone:
                raise _Vanished
            strays = statements.run("keep_strays", **_columns(astray)) if astray else 0
            return kept + strays, strays


def tell(folds: Sequence[Fold], *, verdict: Verdict) -> set[int]:
    """What was learned otherwise than by a receipt climbs like one, wherever the delivery is now.

    `verdict` closes the questions that it answers. The ids that are in no batch and have no row.
    """
    ordered = sorted(folds, key=lambda entry: entry.delivery_id)
    while ordered:
        with suppress(_Vanished), transaction.atomic():
            homeless = _make_room(ordered)
            housed = [entry for entry in ordered if entry.delivery_id not in homeless]
            if housed and _lift([], mode="", folds=housed, verdict=verdict)[1]:
                raise _Vanished
            return homeless
    return set()


def _storable(receipt: Receipt) -> Receipt:
    """The receipt as the tables can hold it, so that one odd word does not spoil a whole bundle.

    An id or attempt that we cannot have made becomes a stray's; NUL is no text for PostgreSQL.
    """
    ours = 0 <= receipt.delivery_id <= _LARGEST and 0 < receipt.attempt <= MOST_ATTEMPTS
    if ours and "\0" not in receipt.key + receipt.code + receipt.carrier_id:
        return receipt
    return replace(
        receipt,
        key=receipt.key.replace("\0", ""),
        delivery_id=receipt.delivery_id if ours else 0,
        attempt=receipt.attempt if ours else 1,
        code=receipt.code.replace("\0", ""),
        carrier_id=receipt.carrier_id.replace("\0", ""),
    )


def of_mode(receipts: Sequence[Receipt], *, mode: str) -> list[Receipt]:
    """The receipts that may speak for this mode: a drill's key says nothing about a real delivery.

    What belongs to no batch stays in, to be kept as a stray.
    """
    receipts = [_storable(receipt) for receipt in receipts]
    roots = sorted({receipt.delivery_id // BLOCK for receipt in receipts})
    modes = dict(statements.rows("modes", roots=roots))
    return [r for r in receipts if modes.get(r.delivery_id // BLOCK, mode) == mode]


def fold(receipts: Iterable[Receipt]) -> list[Fold]:
    """One entry a delivery: the greatest standing with its code, and whether it was opened."""
    folded: dict[int, Fold] = {}
    for receipt in receipts:
        entry = folded.get(receipt.delivery_id)
        if entry is None:
            entry = Fold(receipt.delivery_id, receipt.attempt, receipt.carrier)
            folded[receipt.delivery_id] = entry
        height = standing(receipt.rank, receipt.attempt) if receipt.rank else 0
        if height > entry.standing:
            entry.standing, entry.code = height, receipt.code
        entry.attempt = max(entry.attempt, receipt.attempt)
        entry.carrier_id = entry.carrier_id or receipt.carrier_id
        entry.opened |= receipt.opened
        entry.acknowledged |= receipt.acknowledged
    return sorted(folded.values(), key=lambda entry: entry.delivery_id)


def _columns(receipts: Sequence[Receipt]) -> dict[str, list[Any]]:
    return {
        "carriers": [r.carrier for r in receipts],
        "keys": [r.key for r in receipts],
        "ids": [r.delivery_id for r in receipts],
        "attempts": [r.attempt for r in receipts],
        "words": [_word(r) for r in receipts],
        "codes": [r.code for r in receipts],
        "times": [r.at for r in receipts],
    }


def _word(receipt: Receipt) -> str:
    if receipt.rank is not None:
        return _WORDS[receipt.rank]
    return "acknowledged" if receipt.acknowledged else "opened"


def _make_room(folds: list[Fold]) -> set[int]:
    """Rows for receipts that overtook our own record; the ids that belong to nothing that left."""
    missing = _missing([fold.delivery_id for fold in folds])
    if not missing:
        return set()
    roots = sorted({delivery_id // BLOCK for delivery_id in missing})
    statements.rows("holders", roots=roots)  # to wait: a retry may be written meanwhile
    holders = [_Holder(*row) for row in statements.rows("holders", roots=roots)]
    missing = _missing(sorted(missing))  # a record may have come while we waited for the locks
    places: dict[int, tuple[_Holder, int]] = {}
    for fold in folds:
        place = _place(fold, holders) if fold.delivery_id in missing else None
        if place is not None:
            places[fold.delivery_id] = place
    _be_born([fold for fold in folds if fold.delivery_id in places], places)
    return missing - places.keys()


def _missing(ids: list[int]) -> set[int]:
    return {row[0] for row in statements.rows("missing", ids=ids)} if ids else set()


def _place(fold: Fold, holders: list[_Holder]) -> tuple[_Holder, int] | None:
    """The batch and index in which this delivery is now; None when it has never left."""
    origin, position = divmod(fold.delivery_id, BLOCK)
    mine = [holder for holder in holders if holder.origin == origin]
    for holder in sorted(mine, key=lambda entry: -entry.id):  # the newest holds it now
        index = holder.index(position)
        if index is None:
            continue
        in_flight = holder.settled <= index < holder.cursor
        taken_after_all = index >= holder.cursor and holder.attempt > 1
        return (holder, index) if in_flight or taken_after_all else None
    return None


def _be_born(folds: list[Fold], places: dict[int, tuple[_Holder, int]]) -> None:
    if not folds:
        return
    found = [(fold, *places[fold.delivery_id]) for fold in folds]
    flying = Counter(holder.id for _, holder, index in found if index < holder.cursor)
    if flying:
        statements.run("early", ids=list(flying), counts=list(flying.values()))
    waiting = [(holder.id, index) for _, holder, index in found if index >= holder.cursor]
    for batch_id, index in sorted(waiting, reverse=True):  # from the end: indexes stay true
        statements.run("drop_from_retry", id=batch_id, i=index)
    columns: dict[str, list[Any]] = {
        "ids": [fold.delivery_id for fold, _, _ in found],
        "dispatches": [holder.dispatch_id for _, holder, _ in found],
        "contacts": [holder.contact_ids[index] for _, holder, index in found],
        "addresses": [holder.address_ids[index] for _, holder, index in found],
        "attempts": [fold.attempt for fold, _, _ in found],
        "carriers": [fold.carrier for fold, _, _ in found],
    }
    statements.run("born", **columns)
