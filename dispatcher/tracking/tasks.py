"""What tracking does by itself: thin, rung by beat, and none of it is the truth."""

from celery import shared_task

from dispatcher.fanout.load import Loader
from dispatcher.tracking import escalate as silence
from dispatcher.tracking import reconcile as asking

_LOADER = Loader()


@shared_task(ignore_result=True)
def escalate() -> int:
    """Stages that are due; how many messages and exclusions they made."""
    return silence.escalate()


@shared_task(ignore_result=True)
def reconcile() -> int:
    """Ask about the unknowns whose time has come; how many."""
    return asking.reconcile(loader=_LOADER).total()
