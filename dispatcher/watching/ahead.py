"""The ledger's figures, read ahead of who asks, where reading them takes a while.

They are what deltas were folded into, and the deltas since: few rows, unless nothing folds (140,000
deltas take 37 ms on an idle machine, 130 on a busy one). Who finds them slow leaves a word, and for
two minutes the housekeeping lane reads them at each tick of the clock, so that a scrape finds them
ready. In a small house every look reads the ledger itself.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from dispatcher.ledger import watch
from dispatcher.ledger.watch import Ledger, Open, Stand, Sum

ASKED, HELD = "watch:asked", "watch:ledger"
SLOW = 0.02
"""Seconds that a reading may take without anybody reading ahead."""
ASKS = 120
"""Seconds for which one slow reading keeps the lane reading: twice as long as monitors pause."""
GOOD = 12
"""Seconds for which a reading is told on: two ticks of the clock, and a bit."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The ledger, and for how many seconds that has been so."""

    ledger: Ledger
    age: float = 0.0


def read(valkey: Redis | None, *, ledger: Callable[[], Ledger] = watch.ledger) -> Reading:
    """What was read ahead, else the ledger now. Raises django.db.Error."""
    if held := _held(valkey):
        return held
    began = time.perf_counter()
    seen = ledger()
    if valkey is not None and time.perf_counter() - began > SLOW:
        _say(valkey)
    return Reading(seen)


def tick(valkey: Redis) -> bool:
    """Read if somebody has found it slow lately. Raises redis.RedisError, django.db.Error."""
    if not valkey.exists(ASKED):
        return False
    told = {"at": _now(valkey), "ledger": asdict(watch.ledger())}
    valkey.set(HELD, json.dumps(told), ex=GOOD)
    return True


def _held(valkey: Redis | None) -> Reading | None:
    try:
        text = valkey.get(HELD) if valkey is not None else None
        if text is None or valkey is None:
            return None
        told = json.loads(text)
        return Reading(_ledger(told["ledger"]), max(0.0, _now(valkey) - told["at"]))
    except (RedisError, OSError):
        return None
    except (ValueError, KeyError, TypeError):  # another release wrote it: a rolling upgrade
        return None


def _say(valkey: Redis) -> None:
    try:
        valkey.set(ASKED, 1, ex=ASKS)
    except (RedisError, OSError):
        return


def _ledger(told: dict[str, Any]) -> Ledger:
    """As it was before it was JSON."""
    return Ledger(
        dispatches=tuple(Stand(**one) for one in told["dispatches"]),
        figures=tuple(Sum(**one) for one in told["figures"]),
        backlog=told["backlog"],
        unknowns=tuple(Open(**one) for one in told["unknowns"]),
        broken=told["broken"],
        proven=told["proven"],
    )


def _now(valkey: Redis) -> float:
    seconds, micros = valkey.time()
    return float(seconds) + float(micros) / 1e6
