"""The big tables: what was decided, what became of each message, and the figures.

Rows are written by the named statements in `ledger/sql`, never by `save()`. A Dispatch holds frozen
plain values and ids, no foreign key upwards, so that the ledger outlives what it was made from.
Django finds the tables of a room here, and so does everybody else.
"""

from dispatcher.ledger.models.clock import Clock
from dispatcher.ledger.models.counted import Audit, Cell, Delta, Mark, Minute, Snapshot, Sum
from dispatcher.ledger.models.happened import Attempt, Delivery, Question, Receipt, Reply
from dispatcher.ledger.models.intended import Batch, Copy, Dispatch, Exclusion, Stage

__all__ = [
    "Attempt",
    "Audit",
    "Batch",
    "Cell",
    "Clock",
    "Copy",
    "Delivery",
    "Delta",
    "Dispatch",
    "Exclusion",
    "Mark",
    "Minute",
    "Question",
    "Receipt",
    "Reply",
    "Snapshot",
    "Stage",
    "Sum",
]
