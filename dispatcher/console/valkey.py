"""The console's small memory: attempts to sign in and pages just made; may be lost at any time."""

from functools import cache

import redis
from django.conf import settings


@cache
def client() -> redis.Redis:
    """A client that gives up after half a second: a page must not hang on a memory."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, decode_responses=True
    )
