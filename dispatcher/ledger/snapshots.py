"""What a walk over a dispatch's rows came to, kept by region: for large ones, and when rows go.

The deliveries' book needs no walk (deltas). People, reasons, times, matches and unknowns do: 1 to
8 s at a million deliveries. A small dispatch is walked whenever somebody asks; a large one every
few seconds by beat, and who asks is told the cells of the last walk and its time.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from dispatcher.ledger import statements

SMALL = 20_000
"""People of a dispatch that is walked whenever somebody asks: about 50 ms."""
REPORTED = ("people", "reasons", "reach", "first_out", "matches", "unknowns")
WALKS = (*REPORTED, "sent")

Cell = tuple[str, Sequence[str], int, Sequence[int] | None, Sequence[int] | None]
"""Region, key, n, and of reach the steps and how many were reached at each."""
Cells = Mapping[str, list[Cell]]
"""Question -> cells."""


def due() -> list[int]:
    """Large dispatches whose figures have moved since they were walked last."""
    return [dispatch_id for (dispatch_id,) in statements.rows("to_snapshot", small=SMALL)]


@transaction.atomic
def take(dispatch_id: int, *, within: int) -> bool:
    """Walk once and keep what it came to; False when another process is at it.

    `within`: the target's seconds, which reach counts against.
    """
    began = time.monotonic()
    [(*_, alone)] = statements.rows("room_to_walk", dispatch=dispatch_id)
    if not alone:
        return False
    [(mark,)] = statements.rows("mark", dispatch=dispatch_id)  # before: what moves now is news
    statements.run("clear_cells", dispatch=dispatch_id)
    for question in WALKS:
        text = statements.text("keep_cells").replace("{walk}", statements.text(question))
        told = {"dispatch": dispatch_id, "regions": None, "within": within}
        statements.rows_of(text, {**told, "question": question})
    statements.run(
        "keep_snapshot",
        dispatch=dispatch_id,
        seconds=time.monotonic() - began,
        mark=mark,
        within=within,
    )
    return True


def taken_at(dispatch_id: int) -> datetime | None:
    """When the cells that would be told were walked; None: the rows themselves are walked."""
    found = statements.rows("kept", dispatch=dispatch_id)
    return found[0][0] if found else None


def cells(
    question: str, dispatch_id: int, *, regions: Sequence[str] | None, within: int = 0
) -> list[Cell]:
    """The cells of a question, from the snapshot where there is one, else from the rows."""
    return all_cells(dispatch_id, regions=regions, within=within, questions=(question,))[question]


def all_cells(
    dispatch_id: int,
    *,
    regions: Sequence[str] | None,
    within: int,
    questions: Sequence[str] = REPORTED,
) -> Cells:
    """Question -> its cells, all of one moment where there is a snapshot."""
    told = {"dispatch": dispatch_id, "regions": None if regions is None else list(regions)}
    if taken_at(dispatch_id) is None:
        return {name: statements.rows(name, **told, within=within) for name in questions}
    held: dict[str, list[Cell]] = {name: [] for name in questions}
    for name, *cell in statements.rows("cells", **told, questions=list(questions)):
        held[name].append((cell[0], cell[1], cell[2], cell[3], cell[4]))
    return held
