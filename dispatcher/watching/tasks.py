"""The signs of life: beat's tick, heard by a worker, and each worker's own."""

from functools import cache
from typing import Any

import structlog
from celery import shared_task
from celery.signals import heartbeat_sent
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from dispatcher.watching import ahead, pulse

log = structlog.get_logger(__name__)


@cache
def valkey() -> Redis:
    """This process's client; a sign of life must not make anybody wait."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)


@shared_task(ignore_result=True)
def tick() -> None:
    """Say that beat rings and that its lane is heard; read ahead for monitors if they asked."""
    pulse.tick(valkey())
    ahead.tick(valkey())


@heartbeat_sent.connect
def speak(sender: Any = None, **_: object) -> None:
    """Celery's own heartbeat, every two seconds, in the worker's main process."""
    try:
        pulse.live(valkey(), sender.eventer.hostname)
    except (RedisError, OSError) as error:
        log.warning("unheard", error=type(error).__name__)
