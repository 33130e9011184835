"""The doorbell: tell a lane that work is due, and never make a person wait for it."""

from typing import Any

import structlog
from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def ring(task: str, *arguments: Any, lane: str, expires: float | None = None) -> bool:
    """Ask the lane's workers to run `task`; whether the broker took it.

    Never raises for a broker that is away, and gives up after about two seconds: the row is the
    truth, and the sweep finds it. Call after the commit. `expires` in seconds.
    """
    try:
        current_app.send_task(
            task, args=arguments, queue=lane, expires=expires, retry=False, ignore_result=True
        )
    except (OperationalError, RedisError, OSError) as error:
        log.warning("bell.unheard", task=task, lane=lane, reason=type(error).__name__)
        return False
    return True
