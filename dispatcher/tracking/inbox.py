"""The inbox of a door that has one event loop: receipts that come together commit together."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import structlog
from django.db import Error, InterfaceError, OperationalError, close_old_connections, connections

from dispatcher.ledger.facts import Receipt
from dispatcher.providers.routing import MODES, Mode
from dispatcher.tracking.receive import GATHER, MOST, receive

log = structlog.get_logger(__name__)

ROOM = 20_000
"""Receipts that may wait: about a second's work. More would wait longer than carriers do."""
FRESH = 30.0
"""Seconds after which the database's connection is looked at again: it has an age, too."""

Write = Callable[[Sequence[Receipt], Mode], None]


class Full(Exception):  # noqa: N818  # it states a fact
    """There is no room: the carrier shall repeat, which changes nothing but the time."""


@dataclass(frozen=True, slots=True)
class _Request:
    mode: Mode
    receipts: Sequence[Receipt]
    done: "asyncio.Future[None]"


def put_down(receipts: Sequence[Receipt], mode: Mode) -> None:
    """On the books."""
    receive(receipts, mode=mode)


class Inbox:
    """Requests of one event loop; one thread commits a bundle while the next one gathers.

    A request returns only after the commit that holds its receipts. A bundle that the database
    loses (a restart, a deadlock) is tried once more as a whole; where it refuses the bundle, each
    request is tried alone, so that one bad one does not spoil the others' receipts.
    """

    def __init__(self, *, write: Write = put_down, room: int = ROOM) -> None:
        self._write = write
        self._room = room
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inbox")
        self._waiting: list[_Request] = []
        self._held = 0
        self._rests = True
        self._looked = time.monotonic()

    async def receive(self, receipts: Sequence[Receipt], *, mode: Mode) -> None:
        """Return when these receipts are committed.

        Raises Full at once where there is no room, and what the database raised.
        """
        if not receipts:
            return
        if self._held and self._held + len(receipts) > self._room:
            raise Full
        request = _Request(mode, receipts, self._loop.create_future())
        self._waiting.append(request)
        self._held += len(receipts)
        if self._rests:
            self._rests = False
            self._loop.call_later(GATHER, self._begin)
        await request.done

    def close(self) -> None:
        """End the thread and its connection, after the bundle that it writes."""
        self._thread.submit(connections.close_all)
        self._thread.shutdown(wait=False)

    def _begin(self) -> None:
        together = self._waiting[:MOST]
        self._waiting = self._waiting[MOST:]
        writing = self._thread.submit(self._commit, together)
        writing.add_done_callback(
            lambda done: self._loop.call_soon_threadsafe(self._answer, together, done)
        )

    def _answer(self, together: Sequence[_Request], written: "Future[list[Error | None]]") -> None:
        fault = written.exception()
        errors = [fault] * len(together) if fault else written.result()
        for request, error in zip(together, errors, strict=True):
            self._held -= len(request.receipts)
            if request.done.done():  # the carrier went away
                continue
            if error is None:
                request.done.set_result(None)
            else:
                request.done.set_exception(error)
        if self._waiting:
            self._begin()
        else:
            self._rests = True

    def _commit(self, together: Sequence[_Request]) -> list[Error | None]:
        """In the thread: what the database said to each request, None for committed."""
        if time.monotonic() - self._looked > FRESH:
            self._looked = time.monotonic()
            close_old_connections()
        for last in (False, True):
            try:
                self._write_all(together)
            except (OperationalError, InterfaceError) as error:
                log.warning(
                    "receipts_once_more", requests=len(together), error=type(error).__name__
                )
                close_old_connections()  # a server that was restarted is found again
                if last:
                    return [error] * len(together)
            except Error:
                return [self._alone(request) for request in together]
            else:
                break
        return [None] * len(together)

    def _write_all(self, together: Sequence[_Request]) -> None:
        for mode in MODES:
            told = [r for request in together if request.mode == mode for r in request.receipts]
            if told:
                self._write(told, mode)

    def _alone(self, request: _Request) -> Error | None:
        try:
            self._write(request.receipts, request.mode)
        except Error as error:
            log.warning(
                "receipts_refused", receipts=len(request.receipts), error=type(error).__name__
            )
            close_old_connections()
            return error
        return None
