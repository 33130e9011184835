"""The tasks that Celery runs: thin, and none of them is the truth."""

import gc
from typing import Any

import structlog
import uvloop
from celery import shared_task
from celery.signals import worker_init, worker_process_init
from django.conf import settings
from redis.asyncio import Redis

from dispatcher.fanout.doorbell import ring
from dispatcher.fanout.hand_over import TIMEOUT, Conductor
from dispatcher.fanout.load import Loader
from dispatcher.fanout.pace import Pace
from dispatcher.kit import queues
from dispatcher.kit.errors import Refused
from dispatcher.kit.wire import Pool
from dispatcher.ledger import entries
from dispatcher.providers import routing

log = structlog.get_logger(__name__)

SHIFT = 30.0
"""Seconds after which a worker lets go and rings again, so that a warm stop need not wait long."""

_LOADER = Loader()


@worker_init.connect
def warm(sender: Any = None, **_: object) -> None:
    """Open the carriers' accounts before the first alert, and before the children are forked.

    Vendors' SDKs take up to 1.1 s each to import: nobody shall wait for that in an alert.
    """
    lane = str(sender).partition("@")[0]
    if lane not in (queues.CRITICAL, queues.ROUTINE):
        return
    for mode in routing.MODES:
        for account in routing.accounts(mode=mode):
            try:
                routing.open_account(account, mode=mode)
            except Refused as error:
                log.warning("account_not_opened", account=account, mode=mode, code=error.code)


@worker_process_init.connect
def settle(**_: object) -> None:
    """What was loaded before the fork stays for good: the collector need not walk it again.

    Measured: 432 -> 393 microseconds of CPU a message.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


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
        async with Pool(whole=TIMEOUT) as wire:
            conductor = Conductor(lane, wire, Pace(redis, rates=settings.PACE), _LOADER)
            return await conductor.conduct(seconds=SHIFT)
    finally:
        await redis.aclose()


@shared_task(ignore_result=True)
def sweep() -> None:
    """Find all work again: silent workers, stopped and finished dispatches, lanes with due rows."""
    while entries.abandon():
        pass  # a hundred at a time; a dead worker with small batches held more
    entries.withdraw()
    entries.finish()
    for lane in entries.due_lanes():
        ring(lane)


@shared_task(ignore_result=True)
def squash() -> int:
    """Fold the live figures' deltas."""
    return entries.squash()
