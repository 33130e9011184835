"""The switch: over which account a batch goes, and how many of its messages may go now."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from dispatcher.fanout.load import Road
from dispatcher.fanout.pace import Pace
from dispatcher.fanout.tracks import AHEAD, Bar, Leaves, Track
from dispatcher.kit.errors import Refused
from dispatcher.kit.wire import Wire
from dispatcher.ledger.entries import Claimed
from dispatcher.ledger.facts import Kind, Outcome
from dispatcher.providers import routing
from dispatcher.providers.breaker import ALL, Breaker, is_ill
from dispatcher.providers.routing import Mode

UNPACED = 30.0
"""Seconds to wait where nobody has said how fast an account may be asked."""
FULL = AHEAD / 2
"""Seconds after which a full track is worth another look: half of what waits on it has gone."""
MOVES = 1.0
"""Seconds after which a message that an ill account did not take goes to the next one; by then its
breaker has heard."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """So many of the batch's messages may go now, over the batch's account."""

    batch: Claimed
    n: int
    others: bool
    """Whether another account could take it when this one is ill."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing of the batch may go for so many seconds."""

    batch: Claimed
    seconds: float


@dataclass(slots=True)
class Switch:
    """One worker's tracks, and which of them is taken."""

    wire: Wire
    pace: Pace
    breaker: Breaker
    bar: Bar
    leaves: Leaves
    _tracks: dict[Road, Track] = field(default_factory=dict)
    _rests: dict[str, float] = field(default_factory=dict)

    def track(self, account: str, *, mode: Mode) -> Track:
        """The track to an account."""
        road = (account, mode)
        if road not in self._tracks:
            parts = (self.wire, self.pace, self.breaker, self.bar, self.leaves)
            self._tracks[road] = Track(account, mode, *parts)
        return self._tracks[road]

    async def look(self) -> None:
        """Tell the breakers what was heard, and clear from the tracks what may not go any more."""
        for track in self._tracks.values():
            track.clear(self.bar)
        await asyncio.gather(*(track.tell() for track in self._tracks.values()))

    def resting(self) -> list[str]:
        """Accounts whose batches need not be claimed now."""
        now = time.monotonic()
        return [account for account, until in self._rests.items() if until > now]

    async def admit(
        self, batches: Iterable[Claimed], *, mode: Callable[[Claimed], Mode]
    ) -> list[Admitted | Waiting]:
        """What may go of each batch and over which account: the first well one, in their order.

        A batch moves whole and before anything of it is on the wire; so what is unsure stays with
        the account that was asked (law: `routing.may_move`).
        """
        alike: dict[tuple[Mode, tuple[str, ...]], list[Claimed]] = {}
        for batch in batches:
            of = mode(batch)
            alike.setdefault((of, _accounts(batch, mode=of)), []).append(batch)
        told: list[Admitted | Waiting] = []
        for (of, accounts), some in alike.items():
            told += await self._admit(deque(some), accounts=accounts, mode=of)
        for one in told:
            if isinstance(one, Waiting):
                self._rests[one.batch.account] = time.monotonic() + one.seconds
        return told

    async def _admit(
        self, batches: deque[Claimed], *, accounts: Sequence[str], mode: Mode
    ) -> list[Admitted | Waiting]:
        told: list[Admitted | Waiting] = []
        others = len(accounts) > 1
        while batches:
            account, leave = await self.breaker.first_well(accounts, mode=mode)
            if leave.most == 1:  # a trial: one request, of one message; the others ask again
                batch = _for_trial(batches, account, others=others)
                if batch is None:
                    accounts = [one for one in accounts if one != account]
                    continue
                batches.remove(batch)
                told.append(Admitted(replace(batch, account=account), 1, others))
            elif leave.most == ALL:
                told += self._fill(batches, self.track(account, mode=mode), others=others)
                break
            else:
                told += [Waiting(batch, leave.wait) for batch in batches]
                break
        return told

    def _fill(
        self, batches: Iterable[Claimed], track: Track, *, others: bool
    ) -> Iterator[Admitted | Waiting]:
        room = track.room
        wait = FULL if self.pace.rate(track.account) else UNPACED
        for batch in batches:
            n = min(batch.size - batch.cursor, max(room, 0))
            room -= n
            if n:
                yield Admitted(replace(batch, account=track.account), n, others)
            else:
                yield Waiting(batch, wait)


def _for_trial(batches: Iterable[Claimed], account: str, *, others: bool) -> Claimed | None:
    """A batch whose message may try whether the account is well again.

    Not one that this account has turned away before, while another could carry it: the last
    message of an alert would else be everybody's trial, and wait longer after each.
    """
    fresh = (b for b in batches if not others or b.attempt == 1 or b.account != account)
    return next(fresh, None)


def moved(outcome: Outcome, *, others: bool) -> Outcome:
    """What an ill account did not take need not wait for it to be mended when there is another."""
    if others and outcome.kind is Kind.LATER and outcome.asked and is_ill(outcome):
        return outcome._replace(retry_after=MOVES)
    return outcome


def _accounts(batch: Claimed, *, mode: Mode) -> tuple[str, ...]:
    """Accounts that can carry the batch, in order; a push address is bound to one."""
    if batch.channel == "push":
        return (batch.account,)
    try:
        return routing.accounts_for(batch.channel, mode=mode)
    except Refused:
        return (batch.account,)  # `Load.calls` says what is wrong with it
