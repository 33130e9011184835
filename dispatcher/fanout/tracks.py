"""The tracks to the carriers: one for each account, over which the calls of all convoys run.

A track has its own queue, pace and connections, so that a slow or silent account holds up nobody
else's messages; and its lines never wait for the end of a convoy: while one convoy's last answers
are awaited, the next one's calls are on the wire.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from dispatcher.fanout.load import Call
from dispatcher.fanout.pace import Pace, Purse
from dispatcher.kit.wire import Wire
from dispatcher.ledger.facts import Outcome
from dispatcher.providers.breaker import Breaker, is_ill
from dispatcher.providers.routing import Mode

log = structlog.get_logger(__name__)

CONNECTIONS = 128
"""Requests on the wire at once, to one account from one worker."""
FEW = 8
"""Requests at once to begin with, and one more after each that went well: of an account that has
fallen ill as few as possible shall be unsure."""
AHEAD = 0.5
"""Seconds' worth of messages that may wait on a track: what is let in stands behind the cursor."""

Outcomes = Sequence[Outcome]
Bar = Callable[[Call], Outcome | None]
"""Why a call may not go out any more; None when it may."""
Leaves = Callable[[Call], None]
"""Told of a call right before its carrier is."""

FAILED = Outcome.unsure("adapter_failed")
ILL = Outcome.unasked("account_ill", seconds=0)
AWAY = Outcome.unasked("pace_away", seconds=1)


@dataclass(slots=True)
class _Train:
    """The calls of one convoy on one track; it has arrived when all have their outcomes."""

    calls: Sequence[Call]
    outcomes: list[Outcomes]
    left: int
    arrived: asyncio.Future[None]


@dataclass(slots=True)
class Track:
    """The way to one account, for one worker; `bar`, then `leaves` right before each request."""

    account: str
    mode: Mode
    wire: Wire
    pace: Pace
    breaker: Breaker
    bar: Bar
    leaves: Leaves
    _queue: deque[tuple[_Train, int]] = field(default_factory=deque)
    _lines: set[asyncio.Task[None]] = field(default_factory=set)
    _width: int = FEW
    _heard: list[Outcome] = field(default_factory=list)
    _repeatable: bool = False
    """Whether its messages may go twice: the breaker's other rule."""
    _alarm: asyncio.Task[None] | None = None
    _purse: Purse = field(init=False)
    _paying: bool = False
    """Whether a line asks for all of them."""
    _asleep: deque[asyncio.Future[None]] = field(default_factory=deque)
    """Lines that wait for what it gets."""
    _waiting: int = 0

    def __post_init__(self) -> None:
        self._purse = Purse(self.pace, self.account)

    @property
    def room(self) -> int:
        """Messages that may be let in now: at most what the pace lets through in AHEAD seconds."""
        rate = self.pace.rate(self.account)
        return max(min(rate, 1), int(rate * AHEAD)) - self._waiting

    async def carry(self, calls: Sequence[Call]) -> list[Outcomes]:
        """The outcomes of the calls, in order; an adapter that raises has made its call unsure."""
        if not calls:
            return []
        arrived = asyncio.get_running_loop().create_future()
        train = _Train(calls, [()] * len(calls), len(calls), arrived)
        self._queue.extend((train, n) for n in range(len(calls)))
        self._waiting += sum(len(call.pieces) for call in calls)
        self._staff()
        await arrived
        await self.tell()
        return train.outcomes

    async def tell(self) -> None:
        """Tell the breaker what was heard; when the account is ill, what still waits goes back."""
        heard, self._heard = self._heard, []
        if await self.breaker.heard(
            self.account, heard, mode=self.mode, repeatable=self._repeatable
        ):
            self.clear(lambda _: ILL)

    def clear(self, bar: Bar) -> None:
        """Take the calls that may not go out any more from the queue, with what bars them."""
        kept: deque[tuple[_Train, int]] = deque()
        for train, n in self._queue:
            barred = bar(train.calls[n])
            if barred is None:
                kept.append((train, n))
            else:
                self._end(train, n, [barred] * len(train.calls[n].pieces))
        self._queue = kept

    def _staff(self) -> None:
        """As many lines as there are calls, up to the track's width."""
        for _ in range(min(len(self._queue), self._width) - len(self._lines)):
            line = asyncio.create_task(self._line())
            self._lines.add(line)
            line.add_done_callback(self._ended)

    def _ended(self, line: asyncio.Task[None]) -> None:
        """A line that an adapter broke is replaced, and so are those that were too many at once.

        When the track becomes narrow, every line that looks up sees too many, and all of them end:
        somebody must carry what waits, or the convoys wait for ever and keep their leases.
        """
        self._lines.discard(line)
        self._wake(1)  # who was woken and has nothing to do lets the next one look
        if line.cancelled():
            return
        if error := line.exception():
            log.error("adapter_failed", account=self.account, exc_info=error)
        self._staff()

    async def _line(self) -> None:
        """One call after the other: a task for each would cost 20 us a message."""
        while self._queue and len(self._lines) <= self._width:
            train, n = self._queue[0]
            call = train.calls[n]
            if self._alarm:
                await asyncio.wait([self._alarm])
            elif barred := self.bar(call):
                self._queue.popleft()
                self._end(train, n, [barred] * len(call.pieces))
            elif self._purse.spend(len(call.pieces)):
                self._queue.popleft()
                await self._ask(train, n)
            else:
                await self._pay()

    async def _ask(self, train: _Train, n: int) -> None:
        call = train.calls[n]
        outcomes: Outcomes = [FAILED] * len(call.pieces)
        try:
            self.leaves(call)
            parcels = [piece.parcel for piece in call.pieces]
            told = await call.provider.send(parcels, wire=self.wire)
            if len(told) != len(parcels):
                raise ValueError(f"{call.provider.name}: {len(told)} outcomes for {len(parcels)}")
            outcomes = told
            self._repeatable = call.provider.repeatable
            self._hear(told[0])
        finally:
            self._end(train, n, outcomes)

    def _hear(self, outcome: Outcome) -> None:
        """A wider track after a good answer; after an ill one all lines wait for the breaker."""
        self._heard.append(outcome)
        if not is_ill(outcome):
            if self._width < CONNECTIONS:
                self._width += 1
                self._staff()
            return
        self._width = max(FEW, self._width // 2)
        if not self._alarm:
            self._alarm = asyncio.create_task(self.tell())
            self._alarm.add_done_callback(self._calm)

    def _calm(self, _: asyncio.Task[None]) -> None:
        self._alarm = None

    async def _pay(self) -> None:
        """Fill the purse for the next call; one line asks, the others sleep until it has enough."""
        if self._paying:
            turn = asyncio.get_running_loop().create_future()
            self._asleep.append(turn)
            await turn
            return
        self._paying, granted = True, 0
        try:
            train, n = self._queue[0]
            least = len(train.calls[n].pieces)
            grant = await self._purse.ask(least=least, most=self._waiting)
            if grant.wait:
                await asyncio.sleep(grant.wait)
            if grant.away:
                self.clear(lambda _: AWAY)
            self._purse.fill(grant.n)
            granted = grant.n
        finally:
            self._paying = False
            self._wake(granted)

    def _wake(self, most: int) -> None:
        """Let so many sleeping lines look: all of them, each time, would cost 10 us a message."""
        for _ in range(min(most, len(self._asleep))):
            turn = self._asleep.popleft()
            if not turn.done():
                turn.set_result(None)

    def _end(self, train: _Train, n: int, outcomes: Outcomes) -> None:
        self._waiting -= len(outcomes)
        train.outcomes[n] = outcomes
        train.left -= 1
        if not train.left and not train.arrived.done():
            train.arrived.set_result(None)
