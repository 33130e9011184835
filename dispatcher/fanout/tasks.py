"""The tasks that Celery runs: thin, and none of them is the truth."""

import asyncio
import gc
from contextvars import copy_context
from functools import cache
from typing import Any

import structlog
import uvloop
from celery import shared_task
from celery.signals import worker_init, worker_process_init, worker_process_shutdown
from django.conf import settings
from redis.asyncio import Redis

from dispatcher.fanout import slips
from dispatcher.fanout.doorbell import ring
from dispatcher.fanout.hand_over import TIMEOUT, Conductor
from dispatcher.fanout.load import Loader
from dispatcher.fanout.pace import Pace
from dispatcher.fanout.threads import Threads
from dispatcher.kit import queues
from dispatcher.kit.errors import Refused
from dispatcher.kit.wire import Pool
from dispatcher.ledger import entries
from dispatcher.providers import routing
from dispatcher.providers.breaker import Breaker

log = structlog.get_logger(__name__)

SHIFT = 30.0
"""Seconds after which a worker lets go and rings again, so that a warm stop need not wait long."""


class Workshop:
    """What a worker process keeps between its shifts.

    Its event loop, connections to carriers, Valkey and the ledger, and compiled wordings.
    """

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._threads = Threads()
        self._loader = Loader()
        self._wire = Pool(whole=TIMEOUT)
        self._redis = Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)

    def shift(self, lane: str) -> int:
        """Work in the lane for SHIFT seconds at most; how many people were served."""
        pace = Pace(self._redis, rates=settings.PACE, urgent=lane == queues.CRITICAL)
        breaker = Breaker(self._redis)
        conductor = Conductor(lane, self._wire, pace, breaker, self._threads, self._loader)
        # The runner would keep the first shift's context for all others: a trace is a task's own.
        return self._runner.run(conductor.conduct(seconds=SHIFT), context=copy_context())

    def close(self) -> None:
        """End all connections."""
        self._threads.close()
        self._runner.run(self._wire.close())
        self._runner.run(self._redis.aclose())
        self._runner.close()


@cache
def _workshop() -> Workshop:
    """This process's own: made after the fork."""
    return Workshop()


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


@worker_process_shutdown.connect
def leave(**_: object) -> None:
    """Say goodbye to the servers."""
    if _workshop.cache_info().currsize:
        _workshop().close()


@shared_task(ignore_result=True)
def work(lane: str) -> int:
    """Everything that is due in the lane, in one event loop; how many people were served."""
    served = _workshop().shift(lane)
    if lane in entries.due_lanes():
        ring(lane)
    return served


@shared_task(ignore_result=True)
def sweep() -> None:
    """Find all work again: silent workers, stopped and finished dispatches, lanes with due rows."""
    slips.speak_for_the_dead()  # before their leases are looked at: it knows more
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
