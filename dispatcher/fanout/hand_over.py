"""The road, one convoy of batches at a time: claim, admit, read, render, pack, move, send, record.

Several convoys are on the way at once over the same tracks, so that nobody waits for the slowest
answer of another's window; one heart renews the leases of them all and looks whether a dispatch was
stopped. What goes wrong with one batch, parcel or dispatch stays with it: the others are neither
cancelled nor kept waiting.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import repeat

import structlog
from django.db import DatabaseError

from dispatcher.fanout.load import Call, Load, Loader
from dispatcher.fanout.pace import Pace
from dispatcher.fanout.slips import Slip, lay
from dispatcher.fanout.spread import spread
from dispatcher.fanout.switch import Admitted, Switch, Waiting, moved
from dispatcher.fanout.threads import AWAY, Threads
from dispatcher.fanout.tracks import Outcomes
from dispatcher.kit.tracing import Span, span
from dispatcher.kit.wire import Wire
from dispatcher.ledger import enlisting, entries
from dispatcher.ledger.entries import LEASE, Claimed, Fact, Window
from dispatcher.ledger.facts import Kind, Outcome, back_off
from dispatcher.providers.breaker import Breaker

log = structlog.get_logger(__name__)

CONVOYS = 3
"""Convoys on the way at once in a worker: while one is recorded, others are on the wire."""
PEOPLE = 1400
"""People in a convoy: what is done once for it, nine statements and as many waits for a thread, is
then little a message (of 700 it was 12 us of 168 more), and what one statement records is 10 ms."""
VANGUARD, GROWTH = 16, 4
"""People in a shift's first convoy, and how many times as many are in the next, up to PEOPLE: what
a convoy reads and compiles is read and compiled before its first message leaves."""
LETTERS = 4
"""Letters that count as one of them: those of one content share a request, and the more there are
in a convoy, the fuller are the requests."""
FEWEST, MOST = 8, 512
"""Batches of a dispatch that a claim looks at: what it locks in vain, others do not find."""
SHORTEST, LONGEST = 0.02, 0.16
"""Seconds between two looks for work while more is expected, growing: a look costs 2 ms of CPU."""
LOOK = 0.5
"""Seconds between two looks whether a dispatch was stopped or an account has fallen ill."""
HEARTBEAT = 2.0
"""Seconds of a lease after which it is renewed. It was 3: with up to LOOK more, and the look's own
time, the 3.5 s that SAFE leaves were over before, and a slow carrier's calls were put back."""
SOON = 3.0
"""Seconds: a worker stays for what falls due within them."""
TIMEOUT = 6.0
"""Seconds for one request to a carrier; with a heart that beats every 2 s the lease outlives it."""
SAFE = TIMEOUT + 0.5
"""Seconds of lease that must be left before a request goes out: the carrier's time-out and a bit.
An answer that comes after the lease is still a fact, but somebody else has called it unknown."""

PATIENT = 60.0
"""Seconds for which facts wait for a database that is away: a restart takes a few, and what is not
written down is unknown for ever."""
OVERTIME = PATIENT + 30.0
"""Seconds after its end in which a shift may finish what it has begun: answers, and facts that wait
for the database. The longest that is known to be needed is PATIENT."""
ILL = 30.0
"""Seconds after which a batch that cannot be carried is tried again, behind all others."""

_LEASE = LEASE.total_seconds()
_SHORT = Outcome.unasked("lease_short", seconds=0)
_HALTED = Outcome.unasked("halted", seconds=0)
_BREATH = 0.5
"""Seconds before a database that is away is asked again."""


@dataclass(slots=True)
class Conductor:
    """One worker's way through its lane."""

    lane: str
    wire: Wire
    pace: Pace
    breaker: Breaker
    threads: Threads
    loader: Loader = field(default_factory=Loader)
    _switch: Switch = field(init=False)
    _held: dict[int, Claimed] = field(default_factory=dict)
    _lease: dict[int, float] = field(default_factory=dict)
    _halted: set[int] = field(default_factory=set)
    _slips: dict[int, Slip] = field(default_factory=dict)
    _scout: asyncio.Lock = field(default_factory=asyncio.Lock)
    _written: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: int = 0
    _enlisting: bool = False
    _again: float = 0.0
    _looked_at: int = 64
    _people: int = VANGUARD

    def __post_init__(self) -> None:
        self._switch = Switch(self.wire, self.pace, self.breaker, self._bar, self._leaves)

    async def conduct(self, *, seconds: float) -> int:
        """Work until nothing is due or the time is over; how many people were served.

        Raises TimeoutError when something hangs: the heart would keep its leases for ever.
        """
        end = time.monotonic() + seconds
        heart = asyncio.create_task(self._beat())
        try:
            convoys = (self._convoys(end) for _ in range(CONVOYS))
            async with asyncio.timeout(seconds + OVERTIME):
                served = await asyncio.gather(self._enlist(end), *convoys, return_exceptions=True)
        finally:
            heart.cancel()
        wrong = [told for told in served if isinstance(told, Exception)]
        if wrong:
            raise ExceptionGroup("a shift ended early", wrong)
        return sum(told for told in served if isinstance(told, int))

    async def _enlist(self, end: float) -> int:
        """Slice after slice; a dispatch that cannot be enlisted does not stop those behind it."""
        self._enlisting, passing = True, list[int]()
        try:
            while time.monotonic() < end:
                told = await self.threads.attempt(spread, self.lane, passing=passing)
                self._written.set()
                if told is None:
                    break
                if isinstance(told, AWAY):
                    await asyncio.sleep(_BREATH)
                elif isinstance(told, BaseException):
                    passing += await self.threads.run(
                        enlisting.first_open, self.lane, passing=passing
                    )
                    log.error("not_enlisted", dispatches=passing, exc_info=told)
        finally:
            self._enlisting = False
        return 0

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
            if not n:  # no room on a track, or something is away: no reason to run in a circle
                await asyncio.sleep(SHORTEST)
        return served

    async def _find(self, end: float) -> Sequence[Claimed]:
        """The next convoy's batches; empty when nothing more is to be expected in this shift."""
        pause = SHORTEST
        while (claimed_at := time.monotonic()) < end:
            self._written.clear()
            batches = await self.threads.attempt(self._claim)
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
            await self._rest(pause)
            pause = min(2 * pause, LONGEST)
        return ()

    async def _rest(self, seconds: float) -> None:
        """For so long, or until a slice was written: its first message waits for nobody's look."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._written.wait()

    def _claim(self) -> Sequence[Claimed]:
        """Batches are of one person or of 500: as many are looked at as the last ones suggest."""
        resting = self._switch.resting()
        asked = self._people
        batches = entries.claim(
            self.lane, people=asked, most=self._looked_at, resting=resting, letters=LETTERS
        )
        if batches:
            self._people = min(GROWTH * asked, PEOPLE)
            people = sum(map(_weight, batches))
            wanted = int(2 * self._people * len(batches) / max(people, 1))
            self._looked_at = min(max(wanted, FEWEST), MOST)
        return batches

    async def _carry_safely(self, batches: Sequence[Claimed]) -> int:
        """Carry them; when that fails, each alone, so that one bad batch keeps no other back.

        Nothing goes twice: the cursor of a batch moves once a claim.
        """
        with span("convoy") as trace:
            [told] = await asyncio.gather(self._carry(batches, trace), return_exceptions=True)
        if not isinstance(told, BaseException):
            return told
        if len(batches) > 1 and not isinstance(told, AWAY):
            return sum([await self._carry_safely([batch]) for batch in batches])
        log.error("not_carried", batches=[batch.id for batch in batches], exc_info=told)
        pause = _BREATH if isinstance(told, AWAY) else ILL  # no batch is at fault for a cut line
        await self.threads.attempt(entries.release, [(batch, pause) for batch in batches])
        return 0

    def _let_go(self, batches: Sequence[Claimed]) -> None:
        """Forget them, unless another convoy has claimed them again meanwhile."""
        for batch in batches:
            held = self._held.get(batch.id)
            if held and held.token == batch.token:
                del self._held[batch.id], self._lease[batch.id]
                self._slips.pop(batch.id, None)

    async def _carry(self, batches: Sequence[Claimed], trace: Span) -> int:
        if not self.loader.knows(batches):
            await self.threads.run(self.loader.thaw, batches)
        admitted = await self._admit(batches)
        if not admitted:
            return 0
        going = [(one.batch, one.n) for one in admitted]
        load, allowed, slip = await self.threads.run(self._set_out, going)
        try:
            windows = [(batch, n) for batch, n in going if batch.id in allowed]
            await self._give_back([(batch, 0.0) for batch, _ in going if batch.id not in allowed])
            others = {one.batch.id: one.others for one in admitted}
            facts = await self._send(load, windows, others=others)
            if trace:
                trace.tell(lane=self.lane, **_told(windows, facts))
            await self._write_down(
                [Window(batch, facts[batch.id], load.fallen(batch, n)) for batch, n in windows]
            )
        finally:
            slip.close()
        if any(
            fact.outcome.dead or fact.outcome.opted_out for told in facts.values() for fact in told
        ):
            await self.threads.run(self.loader.bury, facts, batches=batches)
        return sum(n for _, n in windows)

    def _set_out(self, going: Sequence[tuple[Claimed, int]]) -> tuple[Load, set[int], Slip]:
        """Read all that is needed, then move the cursors; the batches that may go."""
        load = self.loader.load(going)
        moved_at, slip = time.monotonic(), lay(going)
        try:
            allowed = entries.advance(going)
        except BaseException:
            slip.close()
            raise
        slip.moved(allowed)
        self._lease.update(dict.fromkeys(allowed, moved_at))
        self._slips.update(dict.fromkeys(allowed, slip))
        return load, allowed, slip

    def _leaves(self, call: Call) -> None:
        """Note who is asked for now; a request carries people of several batches."""
        if len(call.pieces) == 1:  # of an SMS or a push always
            piece = call.pieces[0]
            if slip := self._slips.get(piece.batch_id):
                slip.leaves(piece.batch_id, (piece.index,))
            return
        asked: dict[int, list[int]] = {}
        for piece in call.pieces:
            asked.setdefault(piece.batch_id, []).append(piece.index)
        for batch_id, indexes in asked.items():
            if slip := self._slips.get(batch_id):
                slip.leaves(batch_id, indexes)

    async def _admit(self, batches: Sequence[Claimed]) -> list[Admitted]:
        """What may go now; batches that must wait go back at once."""
        told = await self._switch.admit(batches, mode=self.loader.mode)
        waiting = [one for one in told if isinstance(one, Waiting)]
        await self._give_back([(one.batch, one.seconds) for one in waiting])
        self._expect(min((one.seconds for one in waiting), default=SOON))
        return [one for one in told if isinstance(one, Admitted)]

    async def _write_down(self, windows: Sequence[Window]) -> None:
        """The facts into the ledger, however long it is away; a bad one takes no other with it."""
        end = time.monotonic() + PATIENT
        while windows:
            try:
                return await self.threads.run(entries.record, windows)
            except AWAY as error:
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
            await self.threads.run(entries.release, batches)

    def _expect(self, seconds: float) -> None:
        """More is due soon: stay, rather than end and be rung for again."""
        if seconds < SOON:
            self._again = max(self._again, time.monotonic() + seconds + 0.1)

    async def _send(
        self, load: Load, windows: Sequence[tuple[Claimed, int]], *, others: dict[int, bool]
    ) -> dict[int, list[Fact]]:
        facts: dict[int, list[Fact]] = {batch.id: [] for batch, _ in windows}
        roads, unsaid = load.calls(windows, most=self.pace.burst)
        for one in unsaid:
            facts[one.batch_id].append(one.fact)
        tracks = [self._switch.track(account, mode=mode) for account, mode in roads]
        sent = (track.carry(calls) for track, calls in zip(tracks, roads.values(), strict=True))
        for calls, outcomes in zip(roads.values(), await asyncio.gather(*sent), strict=True):
            for call, told in zip(calls, outcomes, strict=True):
                self._note(call, told, facts, others=others)
        return facts

    def _note(
        self,
        call: Call,
        outcomes: Outcomes,
        facts: dict[int, list[Fact]],
        *,
        others: dict[int, bool],
    ) -> None:
        carrier = call.provider.name
        for piece, told in zip(call.pieces, outcomes, strict=True):
            outcome = told
            if told.kind is Kind.LATER:
                outcome = moved(told, others=others[piece.batch_id])
                self._expect(back_off(outcome.retry_after, piece.parcel.attempt))
            facts[piece.batch_id].append(Fact(piece.index, outcome, carrier))

    def _bar(self, call: Call) -> Outcome | None:
        """Why a call may not go out any more: its dispatch was halted, or its lease runs out."""
        if call.dispatch_id in self._halted:
            return _HALTED
        # By our own clock since before we asked for the leases.
        since = min(map(self._lease.get, call.batches, repeat(0.0)))
        return None if since + _LEASE - time.monotonic() >= SAFE else _SHORT

    async def _beat(self) -> None:
        """Every moment: who was stopped, who is ill, which leases need to be renewed."""
        while True:
            await asyncio.sleep(LOOK)
            if not self._held:
                continue
            asked_at = time.monotonic()
            old = [b for b in self._held.values() if asked_at - self._lease[b.id] > HEARTBEAT]
            told = await self.threads.attempt(
                _look, {b.dispatch_id for b in self._held.values()}, old
            )
            if isinstance(told, BaseException):
                log.warning("heart_skipped", error=type(told).__name__)
            else:
                self._halted, kept = told
                self._lease.update(dict.fromkeys(kept & self._lease.keys(), asked_at))
            await self._switch.look()


def _weight(batch: Claimed) -> float:
    """People of a convoy that a batch counts as."""
    return (batch.size - batch.cursor) / (LETTERS if batch.channel == "email" else 1)


def _told(
    windows: Sequence[tuple[Claimed, int]], facts: dict[int, list[Fact]]
) -> dict[str, int | list[int]]:
    """A convoy for who traces: ids and counts."""
    kinds = Counter(fact.outcome.kind.value for told in facts.values() for fact in told)
    return {
        "dispatches": sorted({batch.dispatch_id for batch, _ in windows}),
        "batches": [batch.id for batch, _ in windows],
        "people": sum(n for _, n in windows),
        **{kind.value: kinds[kind.value] for kind in Kind},
    }


def _look(dispatches: set[int], old: Sequence[Claimed]) -> tuple[set[int], set[int]]:
    """Dispatches that were halted, and the batches whose lease was renewed."""
    return entries.halted(dispatches), entries.heartbeat(old) if old else set()
