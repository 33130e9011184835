"""The tasks that Celery runs: thin, and none of them is the truth."""

import uvloop
from celery import shared_task
from django.conf import settings
from redis.asyncio import Redis

from dispatcher.fanout.doorbell import ring
from dispatcher.fanout.hand_over import Conductor
from dispatcher.fanout.load import Loader
from dispatcher.fanout.pace import Pace
from dispatcher.kit.wire import Pool
from dispatcher.ledger import entries

SHIFT = 30.0
"""Seconds after which a worker lets go and rings again, so that a warm stop need not wait long."""

_LOADER = Loader()


@shared_task(ignore_result=True)
def work(lane: str) -> int:
    """Everything that is due in the lane, in one event loop; how many people were served."""
    served = uvloop.run(_shift(lane))
    if lane in entries.due_lanes():
        ring(lane)
    return served


async def _shift(lane: str) -> int:
    redis = Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
    try:
        async with Pool() as wire:
            conductor = Conductor(lane, wire, Pace(redis, rates=settings.PACE), _LOADER)
            return await conductor.conduct(seconds=SHIFT)
    finally:
        await redis.aclose()


@shared_task(ignore_result=True)
def sweep() -> None:
    """Find all work again: silent workers, stopped and finished dispatches, lanes with due rows."""
    entries.abandon()
    entries.withdraw()
    entries.finish()
    for lane in entries.due_lanes():
        ring(lane)


@shared_task(ignore_result=True)
def squash() -> int:
    """Fold the live figures' deltas."""
    return entries.squash()
