"""The road, one convoy of batches at a time: claim, read, render, pack, pace, send, record.

Several convoys are on the way at once over one pool of connections, so that nobody waits for the
slowest answer of another's window; one heart renews the leases of them all. What goes wrong with
one batch, parcel or dispatch stays with it: the others are neither cancelled nor kept waiting.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

import structlog
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connections,
)
from django.db.backends.base.base import BaseDatabaseWrapper

from dispatcher.fanout.load import Call, Load, Loader
from dispatcher.fanout.pace import Pace
from dispatcher.fanout.spread import spread
from dispatcher.kit.wire import Wire
from dispatcher.ledger import enlisting, entries
from dispatcher.ledger.entries import LEASE, Claimed, Fact, Window
from dispatcher.ledger.facts import Kind, Outcome, back_off

log = structlog.get_logger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

CONVOYS = 4
"""Convoys on the way at once in a worker: while one is recorded, others are on the wire."""
PEOPLE = 500
"""People in a convoy: what one statement records without being felt."""
CONNECTIONS = 128
"""Requests on the wire at once, over all convoys of a worker."""
SHORTEST, LONGEST = 0.02, 0.16
"""Seconds between two looks for work while more is expected, growing: a look costs 2 ms of CPU."""
HEARTBEAT = 3.0
"""Seconds between two renewals of the leases."""
SOON = 3.0
"""Seconds: a worker stays for what falls due within them."""
TIMEOUT = 6.0
"""Seconds for one request to a carrier; with a heart that beats every 3 s the lease outlives it."""
SAFE = TIMEOUT + 0.5
"""Seconds of lease that must be left before a request goes out: the carrier's time-out and a bit.
An answer that comes after the lease is still a fact, but somebody else has called it unknown."""

PATIENT = 60.0
"""Seconds for which facts wait for a database that is away: a restart takes a few, and what is not
written down is unknown for ever."""
ILL = 30.0
"""Seconds after which a batch that cannot be carried is tried again, behind all others."""

_NOT_SENT = Outcome.later("lease_short", seconds=0)
_FAILED = Outcome.unsure("adapter_failed")
_AWAY = (OperationalError, InterfaceError)
_BREATH = 0.5
"""Seconds before a database that is away is asked again."""


class Threads:
    """Threads for the ledger's transactions, each with a connection of its own for the shift."""

    def __init__(self) -> None:
        self._connections: list[BaseDatabaseWrapper] = []
        self._pool = ThreadPoolExecutor(
            CONVOYS + 2, "ledger", lambda: self._connections.append(connections[DEFAULT_DB_ALIAS])
        )

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one transaction; the event loop goes on."""

        def task() -> T:
            close_old_connections()  # a server that was restarted is found again
            return function(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._pool, task)

    def close(self) -> None:
        """Let the threads end and close what they opened."""
        self._pool.shutdown()
        for connection in self._connections:
            connection.inc_thread_sharing()  # its thread is gone
            connection.close()


@dataclass(slots=True)
class Conductor:
    """One worker's way through its lane."""

    lane: str
    wire: Wire
    pace: Pace
    loader: Loader = field(default_factory=Loader)
    _threads: Threads = field(default_factory=Threads)
    _held: dict[int, Claimed] = field(default_factory=dict)
    _lease: dict[int, float] = field(default_factory=dict)
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))
    _scout: asyncio.Lock = field(default_factory=asyncio.Lock)
    _busy: int = 0
    _enlisting: bool = False
    _again: float = 0.0

    async def conduct(self, *, seconds: float) -> int:
        """Work until nothing is due or the time is over; how many people were served."""
        end = time.monotonic() + seconds
        heart = asyncio.create_task(self._beat())
        try:
            convoys = (self._convoys(end) for _ in range(CONVOYS))
            served = await asyncio.gather(self._enlist(end), *convoys, return_exceptions=True)
        finally:
            heart.cancel()
            await asyncio.to_thread(self._threads.close)
        wrong = [told for told in served if isinstance(told, Exception)]
        if wrong:
            raise ExceptionGroup("a shift ended early", wrong)
        return sum(told for told in served if isinstance(told, int))

    async def _enlist(self, end: float) -> int:
        """Slice after slice; a dispatch that cannot be enlisted does not stop those behind it."""
        self._enlisting, passing = True, list[int]()
        try:
            while time.monotonic() < end:
                told = await self._try(spread, self.lane, passing=passing)
                if told is None:
                    break
                if isinstance(told, _AWAY):
                    await asyncio.sleep(_BREATH)
                elif isinstance(told, BaseException):
                    passing += await self._threads.run(
                        enlisting.first_open, self.lane, passing=passing
                    )
                    log.error("not_enlisted", dispatches=passing, exc_info=told)
        finally:
            self._enlisting = False
        return 0

    async def _try(
        self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | BaseException:
        """Run one transaction; what it raises is an answer too."""
        [told] = await asyncio.gather(
            self._threads.run(function, *args, **kwargs), return_exceptions=True
        )
        return told

    async def _convoys(self, end: float) -> int:
        served = 0
        while time.monotonic() < end:
            async with self._scout:  # one looks for work; four would only ask the same
                batches = await self._find(end)
                self._busy += bool(batches)
            if not batches:
                break
            try:
                n = await self._carry_safely(batches)
            finally:
                self._busy -= 1
                self._let_go(batches)
            served += n
            if not n:  # no token of pace, or something is away: no reason to run in a circle
                await asyncio.sleep(SHORTEST)
        return served

    async def _find(self, end: float) -> Sequence[Claimed]:
        """The next convoy's batches; empty when nothing more is to be expected in this shift."""
        pause = SHORTEST
        while (claimed_at := time.monotonic()) < end:
            batches = await self._try(entries.claim, self.lane, people=PEOPLE)
            if isinstance(batches, BaseException):
                log.error("not_claimed", lane=self.lane, exc_info=batches)
                await asyncio.sleep(_BREATH)
                continue
            if batches:
                self._held.update((batch.id, batch) for batch in batches)
                self._lease.update((batch.id, claimed_at) for batch in batches)
                return batches
            if not (self._busy or self._enlisting or time.monotonic() < self._again):
                break
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST)
        return ()

    async def _carry_safely(self, batches: Sequence[Claimed]) -> int:
        """Carry them; when that fails, each alone, so that one bad batch keeps no other back.

        Nothing goes twice: the cursor of a batch moves once a claim.
        """
        [told] = await asyncio.gather(self._carry(batches), return_exceptions=True)
        if not isinstance(told, BaseException):
            return told
        if len(batches) > 1 and not isinstance(told, _AWAY):
            return sum([await self._carry_safely([batch]) for batch in batches])
        log.error("not_carried", batches=[batch.id for batch in batches], exc_info=told)
        await self._try(entries.release, [(batch, ILL) for batch in batches])
        return 0

    def _let_go(self, batches: Sequence[Claimed]) -> None:
        """Forget them, unless another convoy has claimed them again meanwhile."""
        for batch in batches:
            if self._held.get(batch.id) is batch:
                del self._held[batch.id], self._lease[batch.id]

    async def _carry(self, batches: Sequence[Claimed]) -> int:
        counts = await self._grant(batches)
        going = [(batch, counts[batch.id]) for batch in batches if counts[batch.id]]
        if not going:
            return 0
        load = await self._threads.run(self.loader.load, going)
        moved_at = time.monotonic()
        allowed = await self._threads.run(entries.advance, going)
        self._lease.update(dict.fromkeys(allowed, moved_at))
        windows = [(batch, n) for batch, n in going if batch.id in allowed]
        await self._give_back([(batch, 0.0) for batch, _ in going if batch.id not in allowed])
        facts = await self._send(load, windows)
        await self._write_down(
            [Window(batch, facts[batch.id], load.fallen(batch, n)) for batch, n in windows]
        )
        await self._threads.run(self.loader.bury, facts, batches=batches)
        return sum(n for _, n in windows)

    async def _write_down(self, windows: Sequence[Window]) -> None:
        """The facts into the ledger, however long it is away; a bad one takes no other with it."""
        end = time.monotonic() + PATIENT
        while windows:
            try:
                return await self._threads.run(entries.record, windows)
            except _AWAY as error:
                log.warning("record_waits", windows=len(windows), error=type(error).__name__)
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(_BREATH)
            except DatabaseError:
                log.exception("not_recorded", batches=[window.batch.id for window in windows])
                if len(windows) == 1:
                    raise
                alone = (self._write_down([window]) for window in windows)
                await asyncio.gather(*alone, return_exceptions=True)
                return None
        return None

    async def _give_back(self, batches: Sequence[tuple[Claimed, float]]) -> None:
        """Give batches back untouched, due again after so many seconds."""
        if batches:
            self._let_go([batch for batch, _ in batches])
            await self._threads.run(entries.release, batches)

    async def _grant(self, batches: Sequence[Claimed]) -> dict[int, int]:
        """How many of each batch may go now; batches that must wait go back at once."""
        wanted: dict[str, int] = defaultdict(int)
        for batch in batches:
            wanted[batch.account] += batch.size - batch.cursor
        grants = {name: await self.pace.take(name, wanted=n) for name, n in wanted.items()}
        left = {name: grant.n for name, grant in grants.items()}
        counts: dict[int, int] = {}
        for batch in batches:
            counts[batch.id] = min(batch.size - batch.cursor, left[batch.account])
            left[batch.account] -= counts[batch.id]
        waiting = [(batch, grants[batch.account].wait) for batch in batches if not counts[batch.id]]
        await self._give_back(waiting)
        self._expect(min((wait for _, wait in waiting), default=SOON))
        return counts

    def _expect(self, seconds: float) -> None:
        """More is due soon: stay, rather than end and be rung for again."""
        if seconds < SOON:
            self._again = max(self._again, time.monotonic() + seconds + 0.1)

    async def _send(
        self, load: Load, windows: Sequence[tuple[Claimed, int]]
    ) -> dict[int, list[Fact]]:
        facts: dict[int, list[Fact]] = {batch.id: [] for batch, _ in windows}
        calls, unsaid = load.calls(windows)
        for one in unsaid:
            facts[one.batch_id].append(one.fact)
        waiting, going = iter(calls), True
        while going:  # an adapter that raises ends its line; the other calls still go
            lines = (self._line(waiting, facts) for _ in calls[:CONNECTIONS])
            broken = await asyncio.gather(*lines, return_exceptions=True)
            for error in filter(None, broken):
                log.error("adapter_failed", lane=self.lane, exc_info=error)
            going = any(broken)
        return facts

    async def _line(self, waiting: Iterator[Call], facts: dict[int, list[Fact]]) -> None:
        """One call after the other: a task for each would cost 20 us a message."""
        for call in waiting:
            await self._call(call, facts)

    async def _call(self, call: Call, facts: dict[int, list[Fact]]) -> None:
        """One request to a carrier, and what it came to for each of its parcels."""
        outcomes: Sequence[Outcome] = [_FAILED] * len(call.pieces)
        try:
            async with self._gate:
                outcomes = await self._ask(call)
        finally:
            for piece, outcome in zip(call.pieces, outcomes, strict=True):
                if outcome.kind is Kind.LATER:
                    self._expect(back_off(outcome.retry_after, piece.parcel.attempt))
                facts[piece.batch_id].append(Fact(piece.index, outcome, call.provider.name))

    async def _ask(self, call: Call) -> Sequence[Outcome]:
        if min(self._left(piece.batch_id) for piece in call.pieces) < SAFE:
            return [_NOT_SENT] * len(call.pieces)
        parcels = [piece.parcel for piece in call.pieces]
        outcomes = await call.provider.send(parcels, wire=self.wire)
        if len(outcomes) != len(parcels):
            raise ValueError(f"{call.provider.name}: {len(outcomes)} outcomes for {len(parcels)}")
        return outcomes

    def _left(self, batch_id: int) -> float:
        """Seconds of lease left, by our own clock since before we asked for it."""
        return self._lease.get(batch_id, 0) + LEASE.total_seconds() - time.monotonic()

    async def _beat(self) -> None:
        pause = HEARTBEAT
        while True:
            await asyncio.sleep(pause)
            if self._held:
                asked_at = time.monotonic()
                kept = await self._try(entries.heartbeat, list(self._held.values()))
                pause = _BREATH if isinstance(kept, BaseException) else HEARTBEAT
                if isinstance(kept, BaseException):
                    log.warning("heart_skipped", error=type(kept).__name__)
                else:
                    self._lease.update(dict.fromkeys(kept & self._lease.keys(), asked_at))
