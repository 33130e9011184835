"""Pages just made, kept in Valkey, so that many lookers-on cost the database no more than one."""

import time
from dataclasses import dataclass

import redis
import structlog

from dispatcher.console.valkey import client

log = structlog.get_logger(__name__)
REST = 10
"""A page is made again after this many times what making it took: a tenth of one core at most."""
LONGEST_REST = 30.0
KEPT = 600
_MAKING = 20
"""Seconds after which somebody else may try when the one who makes the page has died."""


@dataclass(frozen=True, slots=True)
class Label:
    """What lies there, without the page itself."""

    mark: str
    rests_until: float

    @property
    def rests(self) -> bool:
        """Too fresh to be made again, whatever has changed."""
        return time.time() < self.rests_until


@dataclass(frozen=True, slots=True)
class Kept(Label):
    """A page as it was made."""

    html: str


def label(key: str) -> Label | None:
    """The label alone: a hundredth of the page's weight."""
    try:
        mark, rests_until = client().hmget(key, ["mark", "rests_until"])
    except redis.RedisError as error:
        log.warning("shelf_away", error=type(error).__name__)
        return None
    return Label(str(mark), float(rests_until)) if rests_until else None


def take(key: str) -> Kept | None:
    """What lies there, or None: also while Valkey is away."""
    try:
        told = client().hgetall(key)
    except redis.RedisError as error:
        log.warning("shelf_away", error=type(error).__name__)
        return None
    held = dict(told)
    if not held:
        return None
    return Kept(str(held["mark"]), float(held["rests_until"]), str(held["html"]))


def keep(key: str, *, mark: str, html: str, took: float) -> Kept:
    """Put a page that took so many seconds to make, and let others make the next one."""
    kept = Kept(mark, time.time() + min(LONGEST_REST, REST * took), html)
    try:
        with client().pipeline() as pipe:
            pipe.hset(key, mapping={"mark": mark, "html": html, "rests_until": kept.rests_until})
            pipe.expire(key, KEPT)
            pipe.delete(f"{key}:making")
            pipe.execute()
    except redis.RedisError as error:
        log.warning("shelf_away", error=type(error).__name__)
    return kept


def first(key: str) -> bool:
    """Whether nobody else is making this page now; also while Valkey is away."""
    try:
        return bool(client().set(f"{key}:making", 1, nx=True, ex=_MAKING))
    except redis.RedisError as error:
        log.warning("shelf_away", error=type(error).__name__)
        return True


def done(key: str) -> None:
    """Let others make it: for what was not kept."""
    try:
        client().delete(f"{key}:making")
    except redis.RedisError as error:
        log.warning("shelf_away", error=type(error).__name__)
