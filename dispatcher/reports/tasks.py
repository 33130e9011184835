"""Figures that are made ready by the clock, and reports that outlive their rows."""

from celery import shared_task
from django.conf import settings

from dispatcher.fanout.plan import thaw
from dispatcher.ledger import retention, snapshots
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.statements import ledger_now


@shared_task(ignore_result=True)
def snapshot() -> int:
    """Walk the large dispatch that waits longest for it; how many wait behind it."""
    waiting = snapshots.due()
    if waiting:
        snapshots.take(waiting[0], within=within(Dispatch.objects.get(pk=waiting[0])))
    return len(waiting[1:])


@shared_task(ignore_result=True)
def shrink() -> int:
    """Shrink the oldest finished dispatch whose time is over; how many follow, an hour apart."""
    waiting = retention.due(before=ledger_now() - settings.DELIVERIES_KEPT)
    if waiting:
        retention.shrink(waiting[0], within=within)
    return len(waiting[1:])


def within(dispatch: Dispatch) -> int:
    """Seconds in which the dispatch's people were to be reached."""
    return thaw(dispatch.plan).target.within
