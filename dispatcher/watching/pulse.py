"""Who is alive: beat and workers say so in Valkey, by the server's clock, not by theirs."""

from dataclasses import dataclass
from typing import Any

from redis import Redis

from dispatcher.kit import queues

BEAT, WORKERS = "pulse:beat", "pulse:workers"
LIVES = 15.0
"""Seconds after its last word for which a worker counts as alive; it speaks every two."""
_KEPT = 3600.0


@dataclass(frozen=True, slots=True)
class Pulse:
    """Seconds since beat's last tick was heard, None: never; workers alive, by lane, and where."""

    beat: float | None
    workers: dict[str, int]
    hosts: dict[str, list[str]]


def tick(valkey: Redis) -> None:
    """Beat has rung, and somebody in the housekeeping lane has heard it."""
    valkey.set(BEAT, _now(valkey))


def live(valkey: Redis, name: str) -> None:
    """A worker speaks; `name` is `lane@host`."""
    now = _now(valkey)
    with valkey.pipeline(transaction=False) as pipe:
        pipe.zadd(WORKERS, {name: now})
        pipe.zremrangebyscore(WORKERS, 0, now - _KEPT)
        pipe.execute()


def feel(valkey: Redis) -> Pulse:
    """Who spoke lately. Raises redis.RedisError."""
    with valkey.pipeline(transaction=False) as pipe:
        pipe.time()
        pipe.get(BEAT)
        pipe.zrange(WORKERS, 0, -1, withscores=True)
        (seconds, micros), told, spoke = pipe.execute()
    now = float(seconds) + float(micros) / 1e6
    hosts: dict[str, list[str]] = {lane: [] for lane in queues.LANES}
    alive: list[Any] = [name for name, at in spoke if at >= now - LIVES]
    for name in alive:
        lane, _, host = bytes(name).decode().partition("@")
        hosts.setdefault(lane, []).append(host)
    counts = {lane: len(there) for lane, there in hosts.items()}
    return Pulse(max(0.0, now - float(told)) if told else None, counts, hosts)


def _now(valkey: Redis) -> float:
    seconds, micros = valkey.time()
    return float(seconds) + float(micros) / 1e6
