"""One look at everything: the ledger, the signs of life, the carriers' accounts, the receipts."""

import asyncio
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import Error as DatabaseFault
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from dispatcher.kit.counters import COUNTERS
from dispatcher.ledger import watch
from dispatcher.ledger.watch import Ledger
from dispatcher.providers import routing
from dispatcher.providers.breaker import Breaker, State
from dispatcher.providers.routing import Mode
from dispatcher.tracking.receive import FROM, LAG, OUTCOMES
from dispatcher.watching import pulse
from dispatcher.watching.pulse import Pulse

FORGED = "forged"
"""The counters' group that `hooks.locks` keeps."""
FRESH = 1.0
"""Seconds for which a look is good: two monitors cost as much as one."""
_PATIENCE = 1.0


@dataclass(frozen=True, slots=True)
class Account:
    """A carrier's account: how fast it may be asked, and whether its breaker lets anybody."""

    mode: Mode
    name: str
    carrier: str
    pace: int
    breaker: State


@dataclass(frozen=True, slots=True)
class Broker:
    """What lies in Valkey."""

    pulse: Pulse
    accounts: tuple[Account, ...]
    outcomes: Mapping[str, float]
    """Receipts by what they came to: new, repeated, stray, foreign."""
    carriers: Mapping[str, float]
    """Receipts by carrier."""
    lag: Mapping[str, float]
    """`<carrier>:seconds` and `<carrier>:count`: from the carrier's time of an event to ours."""
    forged: Mapping[str, float]
    """Requests refused at our doors, by carrier."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is watched; None where the server that holds it does not answer."""

    ledger: Ledger | None
    broker: Broker | None
    at: float = field(default_factory=time.monotonic)


_LOCK = threading.Lock()
_LAST: list[Seen] = []


def look() -> Seen:
    """What is seen now, at most a second old."""
    with _LOCK:
        if not _LAST or time.monotonic() - _LAST[0].at > FRESH:
            _LAST[:] = [Seen(_ledger(), _broker())]
        return _LAST[0]


def forget() -> None:
    """Look anew the next time: for tests."""
    with _LOCK:
        _LAST.clear()


def _ledger() -> Ledger | None:
    try:
        return watch.ledger()
    except DatabaseFault:
        return None


def _broker() -> Broker | None:
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
        ) as valkey:
            return Broker(
                pulse=pulse.feel(valkey),
                accounts=asyncio.run(_accounts()),
                outcomes=COUNTERS.counted(OUTCOMES),
                carriers=COUNTERS.counted(FROM),
                lag=COUNTERS.counted(LAG),
                forged=COUNTERS.counted(FORGED),
            )
    except (RedisError, OSError):
        return None


async def _accounts() -> tuple[Account, ...]:
    async with AsyncRedis.from_url(
        settings.REDIS_URL, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
    ) as valkey:
        breaker, paces = Breaker(valkey), settings.PACE
        return tuple(
            [
                Account(
                    mode, name, carrier, paces.get(name, 0), await breaker.state(name, mode=mode)
                )
                for mode in routing.MODES
                for name, carrier in routing.accounts(mode=mode).items()
            ]
        )
