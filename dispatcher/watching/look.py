"""One look at everything: the ledger, the signs of life, the carriers' accounts, the receipts."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.db import Error as DatabaseFault
from redis import Redis
from redis.exceptions import RedisError

from dispatcher.kit.counters import COUNTERS
from dispatcher.ledger.watch import Ledger
from dispatcher.providers import breaker, routing
from dispatcher.providers.breaker import State
from dispatcher.providers.routing import Mode
from dispatcher.tracking.receive import FROM, LAG, OUTCOMES
from dispatcher.watching import ahead, pulse
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
    age: float = 0.0
    """Seconds for which the ledger's figures have been so; 0: read just now."""
    at: float = field(default_factory=time.monotonic)


_LOCK = threading.Lock()
_LAST: list[Seen] = []


def look() -> Seen:
    """What is seen now, at most a second old; of a large ledger what was read some seconds ago."""
    with _LOCK:
        if not _LAST or time.monotonic() - _LAST[0].at > FRESH:
            broker = _broker()
            valkey = client(settings.REDIS_URL) if broker else None
            _LAST[:] = [_seen(broker, valkey)]
        return _LAST[0]


def closely() -> Seen:
    """What is seen this very moment, for who would mend it."""
    return _seen(_broker(), None)


def forget() -> None:
    """Look anew the next time: for tests."""
    with _LOCK:
        _LAST.clear()


def _seen(broker: Broker | None, valkey: Redis | None) -> Seen:
    try:
        reading = ahead.read(valkey)
    except DatabaseFault:
        return Seen(None, broker)
    return Seen(reading.ledger, broker, reading.age)


def _broker() -> Broker | None:
    try:
        valkey = client(settings.REDIS_URL)
        return Broker(
            pulse=pulse.feel(valkey),
            accounts=_accounts(valkey),
            outcomes=COUNTERS.counted(OUTCOMES),
            carriers=COUNTERS.counted(FROM),
            lag=COUNTERS.counted(LAG),
            forged=COUNTERS.counted(FORGED),
        )
    except (RedisError, OSError):
        return None


@cache
def client(url: str) -> Redis:
    """This process's: to connect anew at each look took a third of its time."""
    return Redis.from_url(url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)


def _accounts(valkey: Redis) -> tuple[Account, ...]:
    known = [
        (mode, name, carrier)
        for mode in routing.MODES
        for name, carrier in routing.accounts(mode=mode).items()
    ]
    stand = breaker.stands(valkey, [(mode, name) for mode, name, _ in known])
    return tuple(
        Account(mode, name, carrier, settings.PACE.get(name, 0), stand[mode, name])
        for mode, name, carrier in known
    )
