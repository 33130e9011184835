"""Counts of what was refused at the door: in Valkey, because nothing of it may reach the ledger."""

from functools import cache

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, decode_responses=True
    )


def count(what: str, carrier: str) -> None:
    """One more; lost when Valkey is away, since a door must not wait."""
    try:
        _client().hincrby(f"hooks:{what}", carrier, 1)
    except redis.RedisError as error:
        log.warning("uncounted", what=what, carrier=carrier, error=type(error).__name__)


def counted(what: str) -> dict[str, int]:
    """Carrier -> how many so far."""
    told = _client().hgetall(f"hooks:{what}")
    return {str(carrier): int(n) for carrier, n in dict(told).items()}
