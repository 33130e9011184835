"""Counts of what must not wait and must not reach the ledger: in Valkey, told once a second.

They belong to all processes together and begin anew when Valkey is emptied. A process that is
killed takes the counts of its last second with it.
"""

import atexit
import threading
from collections import Counter

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

EVERY = 1.0
"""Seconds between two tellings: a storm of forged requests costs Valkey one request a second."""
_PATIENCE = 0.5


class Counters:
    """What this process has counted and not told yet, by group and name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: Counter[tuple[str, str]] = Counter()
        self._teller: threading.Thread | None = None
        self._client: redis.Redis | None = None

    def add(self, group: str, name: str, n: float = 1) -> None:
        """Count; never waits."""
        with self._lock:
            self._held[group, name] += n  # type: ignore[assignment]  # fractions are counted, too
            if self._teller is None or not self._teller.is_alive():
                self._teller = threading.Thread(target=self._tell_on, daemon=True, name="counters")
                self._teller.start()

    def tell(self) -> None:
        """Bring what is held to Valkey; it stays held when Valkey is away."""
        with self._lock:
            told, self._held = self._held, Counter()
        if not told:
            return
        try:
            with self._valkey().pipeline(transaction=True) as pipe:
                for (group, name), n in told.items():
                    pipe.hincrbyfloat(_key(group), name, n)
                pipe.execute()
        except redis.RedisError as error:
            log.warning("uncounted", error=type(error).__name__)
            with self._lock:
                self._held.update(told)

    def counted(self, group: str) -> dict[str, float]:
        """Name -> count so far, over all processes. Raises redis.RedisError."""
        self.tell()
        told = self._valkey().hgetall(_key(group))
        return {str(name): float(n) for name, n in dict(told).items()}

    def _tell_on(self) -> None:
        pause = threading.Event()
        while not pause.wait(EVERY):
            self.tell()

    def _valkey(self) -> redis.Redis:
        if self._client is None:
            self._client = redis.Redis.from_url(
                settings.REDIS_URL,
                socket_timeout=_PATIENCE,
                socket_connect_timeout=_PATIENCE,
                decode_responses=True,
            )
        return self._client


def _key(group: str) -> str:
    return f"counted:{group}"


COUNTERS = Counters()
"""This process's own."""
atexit.register(COUNTERS.tell)
