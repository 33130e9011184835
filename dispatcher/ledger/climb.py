"""Receipts climb: each event once, folded per delivery, in any order, early or late."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from dispatcher.ledger import statements
from dispatcher.ledger.facts import BLOCK, MOST_ATTEMPTS, Receipt, standing

_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Climbed:
    """What a bundle of receipts came to."""

    new: int
    repeated: int
    stray: int


@dataclass(frozen=True, slots=True)
class _Fold:
    """All new receipts of one delivery as one."""

    delivery_id: int
    attempt: int
    carrier: str
    standing: int = 0
    code: str = ""
    carrier_id: str = ""
    opened: bool = False
    acknowledged: bool = False


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


def climb(receipts: Sequence[Receipt]) -> Climbed:
    """Put verified receipts on the books, in one transaction.

    The same event twice changes nothing. What belongs to no message that left is kept as a stray.
    """
    told = {(one.carrier, one.key): one for one in map(_storable, receipts)}
    receipts = [told[key] for key in sorted(told)]  # one order for all: no deadlock among repeats
    with transaction.atomic():
        new = _keep(receipts)
        folds = fold(new)
        homeless = _make_room(folds)
        known = sorted(fold.delivery_id for fold in folds if fold.delivery_id not in homeless)
        _lift([fold for fold in folds if fold.delivery_id not in homeless])
        if known:
            statements.run("answered", ids=known)
        strays = [receipt for receipt in new if receipt.delivery_id in homeless]
        if strays:
            statements.run(
                "stray", carriers=[r.carrier for r in strays], keys=[r.key for r in strays]
            )
    return Climbed(len(new), len(receipts) - len(new), len(strays))


def _storable(receipt: Receipt) -> Receipt:
    """The receipt as the tables can hold it, so that one odd word does not spoil a whole bundle.

    An id or attempt that we cannot have made becomes a stray's; NUL is no text for PostgreSQL.
    """
    ours = 0 <= receipt.delivery_id <= _LARGEST and 0 < receipt.attempt <= MOST_ATTEMPTS
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


def fold(receipts: Iterable[Receipt]) -> list[_Fold]:
    """One entry a delivery: the greatest standing with its code, and whether it was opened."""
    folded: dict[int, _Fold] = {}
    for receipt in receipts:
        before = folded.get(receipt.delivery_id) or _Fold(
            receipt.delivery_id, receipt.attempt, receipt.carrier
        )
        height = standing(receipt.rank, receipt.attempt) if receipt.rank else 0
        higher = height > before.standing
        folded[receipt.delivery_id] = replace(
            before,
            attempt=max(before.attempt, receipt.attempt),
            standing=max(height, before.standing),
            code=receipt.code if higher else before.code,
            carrier_id=before.carrier_id or receipt.carrier_id,
            opened=before.opened or receipt.opened,
            acknowledged=before.acknowledged or receipt.acknowledged,
        )
    return sorted(folded.values(), key=lambda entry: entry.delivery_id)


def _keep(receipts: list[Receipt]) -> list[Receipt]:
    """Write the receipts down; those that were not there yet."""
    if not receipts:
        return []
    new = set(
        statements.rows(
            "keep",
            carriers=[r.carrier for r in receipts],
            keys=[r.key for r in receipts],
            ids=[r.delivery_id for r in receipts],
            attempts=[r.attempt for r in receipts],
            words=[_word(r) for r in receipts],
            codes=[r.code for r in receipts],
            times=[r.at for r in receipts],
        )
    )
    return [receipt for receipt in receipts if (receipt.carrier, receipt.key) in new]


def _word(receipt: Receipt) -> str:
    if receipt.rank is not None:
        return receipt.rank.name.lower()
    return "acknowledged" if receipt.acknowledged else "opened"


def _lift(folds: list[_Fold]) -> None:
    if folds:
        statements.rows("hold_deliveries", ids=[fold.delivery_id for fold in folds])
        statements.run(
            "climb",
            ids=[fold.delivery_id for fold in folds],
            standings=[fold.standing for fold in folds],
            codes=[fold.code for fold in folds],
            carrier_ids=[fold.carrier_id for fold in folds],
            opened=[fold.opened for fold in folds],
            acknowledged=[fold.acknowledged for fold in folds],
        )


def _make_room(folds: list[_Fold]) -> set[int]:
    """Rows for receipts that overtook our own record; the ids that belong to nothing that left."""
    missing = _missing([fold.delivery_id for fold in folds])
    if not missing:
        return set()
    roots = sorted({delivery_id // BLOCK for delivery_id in missing})
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


def _place(fold: _Fold, holders: list[_Holder]) -> tuple[_Holder, int] | None:
    """The batch and index in which this delivery is now; None when it has never left."""
    origin, position = divmod(fold.delivery_id, BLOCK)
    mine = [holder for holder in holders if holder.origin == origin]
    for holder in sorted(mine, key=lambda entry: -entry.attempt):
        index = holder.index(position)
        if index is None:
            continue
        in_flight = holder.settled <= index < holder.cursor
        taken_after_all = index >= holder.cursor and holder.attempt > 1
        return (holder, index) if in_flight or taken_after_all else None
    return None


def _be_born(folds: list[_Fold], places: dict[int, tuple[_Holder, int]]) -> None:
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
