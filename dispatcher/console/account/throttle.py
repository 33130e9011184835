"""How often somebody may try to sign in, counted in Valkey for all web processes together."""

import hashlib

import redis
import structlog
from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from dispatcher.console.valkey import client

log = structlog.get_logger(__name__)
WINDOW = 900
"""Seconds after the first attempt until the count starts anew."""
PER_PERSON = 5
"""Attempts for one name from one address in a window."""
PER_ADDRESS = 100
"""Attempts from one address in a window, whatever the names: an office may share one."""


def address_of(request: HttpRequest) -> str:
    """Where the person sits: what our own proxies say (TRUSTED_PROXIES), else who is connected."""
    return str(get_adapter().get_client_ip(request))


def wait(name: str, *, address: str) -> int:
    """Count an attempt; the seconds to wait when it is one too many, else 0.

    It is counted before the password is checked, so that many at once are still many.
    """
    limits = {_key(name, address): PER_PERSON, _key("", address): PER_ADDRESS}
    try:
        with client().pipeline() as pipe:
            for key in limits:
                pipe.incr(key)
                pipe.expire(key, WINDOW, nx=True)
                pipe.ttl(key)
            told = pipe.execute()
    except redis.RedisError as error:
        # Open, not shut: on the worst day the people must still get in, and scrypt stays slow.
        log.warning("sign_in_uncounted", error=type(error).__name__)
        return 0
    pairs = zip(limits.values(), told[::3], told[2::3], strict=True)
    return max((int(left) for limit, n, left in pairs if n > limit), default=0)


def forget(name: str, *, address: str) -> None:
    """The right password was given: earlier slips of this person no longer count."""
    try:
        client().delete(_key(name, address))
    except redis.RedisError as error:
        log.warning("sign_in_uncounted", error=type(error).__name__)


def _key(name: str, address: str) -> str:
    """Hashed: people type their password into the wrong field."""
    text = f"{name.strip().casefold()}\n{address}"
    return f"console:sign-in:{hashlib.sha256(text.encode()).hexdigest()[:32]}"
