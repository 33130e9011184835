"""The road, one convoy of batches at a time: claim, read, render, pack, pace, send, record.

Several convoys are on the way at once over one pool of connections, so that nobody waits for the
slowest answer of another's window; one heart renews the leases of them all.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from dispatcher.fanout.load import Call, Load, Loader
from dispatcher.fanout.pace import Pace
from dispatcher.fanout.spread import spread
from dispatcher.kit.wire import Wire
from dispatcher.ledger import entries
from dispatcher.ledger.entries import LEASE, Claimed, Fact, Window
from dispatcher.ledger.facts import Kind, Outcome

P = ParamSpec("P")
T = TypeVar("T")

CONVOYS = 4
"""Convoys on the way at once in a worker: while one is recorded, others are on the wire."""
PEOPLE = 500
"""People in a convoy: what one statement records without being felt."""
CONNECTIONS = 128
"""Requests on the wire at once, over all convoys of a worker."""
HEARTBEAT = 3.0
"""Seconds between two renewals of the leases."""
SOON = 3.0
"""Seconds: a worker stays for what falls due within them."""
SAFE = 6.5
"""Seconds of lease that must be left before a request goes out: the carrier's time-out and a bit.
An answer that comes after the lease is still a fact, but somebody else has called it unknown."""

_NOT_SENT = Outcome.later("lease_short", seconds=0)


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
    _busy: int = 0
    _enlisting: bool = False
    _again: float = 0.0

    async def conduct(self, *, seconds: float) -> int:
        """Work until nothing is due or the time is over; how many people were served."""
        end = time.monotonic() + seconds
        heart = asyncio.create_task(self._beat())
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._enlist(end))
                convoys = [group.create_task(self._convoys(end)) for _ in range(CONVOYS)]
        finally:
            heart.cancel()
            await asyncio.to_thread(self._threads.close)
        return sum(convoy.result() for convoy in convoys)

    async def _enlist(self, end: float) -> None:
        self._enlisting = True
        try:
            while time.monotonic() < end:
                if await self._threads.run(spread, self.lane) is None:
                    break
        finally:
            self._enlisting = False

    async def _convoys(self, end: float) -> int:
        served = 0
        while time.monotonic() < end:
            self._busy += 1
            try:
                n = await self._convoy()
            finally:
                self._busy -= 1
            served += n
            if not (n or self._busy or self._enlisting or time.monotonic() < self._again):
                break
            if not n:
                await asyncio.sleep(0.02)
        return served

    async def _convoy(self) -> int:
        """Claim and carry; how many people were in it."""
        claimed_at = time.monotonic()
        batches = await self._threads.run(entries.claim, self.lane, people=PEOPLE)
        if not batches:
            return 0
        for batch in batches:
            self._held[batch.id], self._lease[batch.id] = batch, claimed_at
        try:
            return await self._carry(batches)
        finally:
            for batch in batches:
                self._held.pop(batch.id, None)
                self._lease.pop(batch.id, None)

    async def _carry(self, batches: Sequence[Claimed]) -> int:
        load = await self._threads.run(self.loader.load, batches)
        counts = await self._grant(batches)
        going = [(batch, counts[batch.id]) for batch in batches if counts[batch.id]]
        if not going:
            return 0
        moved_at = time.monotonic()
        allowed = await self._threads.run(entries.advance, going)
        self._lease.update(dict.fromkeys(allowed, moved_at))
        windows = [(batch, n) for batch, n in going if batch.id in allowed]
        facts = await self._send(load, windows)
        await self._threads.run(
            entries.record,
            [Window(batch, facts[batch.id], load.fallen(batch, n)) for batch, n in windows],
        )
        await self._threads.run(self.loader.bury, facts, batches=batches)
        return sum(n for _, n in windows)

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
        if waiting:
            await self._threads.run(entries.release, waiting)
            self._expect(min(wait for _, wait in waiting))
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
        waiting = iter(calls)
        await asyncio.gather(*(self._line(waiting, facts) for _ in calls[:CONNECTIONS]))
        return facts

    async def _line(self, waiting: Iterator[Call], facts: dict[int, list[Fact]]) -> None:
        """One call after the other: a task for each would cost 20 us a message."""
        for call in waiting:
            await self._call(call, facts)

    async def _call(self, call: Call, facts: dict[int, list[Fact]]) -> None:
        """One request to a carrier, and what it came to for each of its parcels."""
        async with self._gate:
            if min(self._left(piece.batch_id) for piece in call.pieces) < SAFE:
                outcomes: Sequence[Outcome] = [_NOT_SENT] * len(call.pieces)
            else:
                parcels = [piece.parcel for piece in call.pieces]
                outcomes = await call.provider.send(parcels, wire=self.wire)
        for piece, outcome in zip(call.pieces, outcomes, strict=True):
            if outcome.kind is Kind.LATER:
                self._expect(outcome.retry_after)
            facts[piece.batch_id].append(Fact(piece.index, outcome, call.provider.name))

    def _left(self, batch_id: int) -> float:
        """Seconds of lease left, by our own clock since before we asked for it."""
        return self._lease.get(batch_id, 0) + LEASE.total_seconds() - time.monotonic()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            if self._held:
                asked_at = time.monotonic()
                kept = await self._threads.run(entries.heartbeat, list(self._held.values()))
                self._lease.update(dict.fromkeys(kept & self._lease.keys(), asked_at))
