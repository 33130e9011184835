"""Threads for the ledger's transactions, beside the event loop that speaks with the carriers."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connections,
)
from django.db.backends.base.base import BaseDatabaseWrapper

P = ParamSpec("P")
T = TypeVar("T")

AWAY = (OperationalError, InterfaceError)
"""What a transaction raises when the database is not there."""
MOST = 6
"""Transactions at once: as many as convoys, one for the heart and one that enlists."""

LOOK = 1.0
"""Seconds for which a connection that made no error is taken to be well."""


class Threads:
    """Each has a connection of its own, kept until `close`."""

    def __init__(self) -> None:
        self._connections: list[BaseDatabaseWrapper] = []
        self._seen = threading.local()
        self._pool = ThreadPoolExecutor(
            MOST, "ledger", lambda: self._connections.append(connections[DEFAULT_DB_ALIAS])
        )

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one transaction; the event loop goes on."""

        def task() -> T:
            self._look_over()
            return function(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._pool, task)

    async def attempt(
        self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | BaseException:
        """Run one transaction; what it raises is an answer too."""
        [told] = await asyncio.gather(self.run(function, *args, **kwargs), return_exceptions=True)
        return told

    def _look_over(self) -> None:
        """Now and then, and after an error, ask whether the server is still there (0.2 ms)."""
        now, own = time.monotonic(), connections[DEFAULT_DB_ALIAS]
        if own.errors_occurred or now - getattr(self._seen, "at", 0.0) > LOOK:
            close_old_connections()  # a server that was restarted is found again
            self._seen.at = now

    def close(self) -> None:
        """Let the threads end and close what they opened."""
        self._pool.shutdown()
        for connection in self._connections:
            connection.inc_thread_sharing()  # its thread is gone
            connection.close()
