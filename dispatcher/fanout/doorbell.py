"""Ringing for a worker: a message in the broker that may be lost, repeated or forgotten."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

WORK = "dispatcher.fanout.tasks.work"
_STALE = 20
"""Seconds after which nobody need hear it any more: the sweep rings every two seconds."""


def ring(lane: str) -> bool:
    """Tell the lane's workers that something is due. Never waits long, never fails.

    False when the broker did not answer: the row is there, and the sweep will ring again.
    """
    try:
        current_app.send_task(WORK, args=[lane], queue=lane, expires=_STALE, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("doorbell_unheard", lane=lane, error=type(error).__name__)
        return False
    return True
