"""Finished dispatches shrink after a time: rows of single people go, the report stays as it was.

First the figures: a last walk, kept as cells, and from then on every question is answered from
them. Then the rows, page by page, each page a transaction; whoever is killed in between is followed
by somebody who goes on. Receipts for a dispatch that has shrunk belong to nothing any more: strays.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from dispatcher.ledger import snapshots, statements
from dispatcher.ledger.models import Dispatch

PAGE = 500
"""Batches that go in one transaction: up to a quarter of a million deliveries, about a second."""

Within = Callable[[Dispatch], int]
"""Seconds in which a dispatch's people were to be reached; its plan knows."""


def due(*, before: datetime) -> list[int]:
    """Dispatches that were complete before then and still have rows of single people."""
    return [dispatch_id for (dispatch_id,) in statements.rows("to_shrink", before=before)]


def weight(dispatch_id: int) -> dict[str, int]:
    """How many rows shrinking would remove: batches, deliveries, exclusions."""
    return dict(statements.rows("rows_of_people", dispatch=dispatch_id))


def shrink(dispatch_id: int, *, within: Within) -> bool:
    """Keep the figures and remove the rows; False when it is not complete or somebody is at it.

    May be called again after it was interrupted, and then goes on.
    """
    if not _keep(dispatch_id, within=within):
        return False
    while _page(dispatch_id):
        pass
    return True


@transaction.atomic
def _keep(dispatch_id: int, *, within: Within) -> bool:
    """The last walk, and all that is little, in one transaction."""
    found = statements.rows("hold_finished", dispatch=dispatch_id)
    if not found:
        return False
    [(kept,)] = found
    if kept:
        return True
    target = within(Dispatch.objects.get(pk=dispatch_id))
    if not snapshots.take(dispatch_id, within=target):
        return False
    statements.rows("keep_sums")
    statements.run("squash", dispatch=dispatch_id)
    statements.run("drop_small", dispatch=dispatch_id)
    statements.run("shrunk", dispatch=dispatch_id)
    return True


@transaction.atomic
def _page(dispatch_id: int) -> int:
    statements.rows("keep_sums")
    return statements.run("drop_page", dispatch=dispatch_id, most=PAGE)
