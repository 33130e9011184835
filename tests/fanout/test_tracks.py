"""A track alone, with a carrier, a pace and a breaker that answer when they like."""

import asyncio
import random
from typing import Any

import pytest

from dispatcher.fanout.load import Call, Piece
from dispatcher.fanout.pace import Grant
from dispatcher.fanout.tracks import Track
from dispatcher.ledger.facts import Outcome

CONVOYS, CALLS = 4, 20


class Pace:
    """Lets eight go at a time."""

    def rate(self, account):  # noqa: ARG002
        return 160

    async def take(self, account, *, least, wanted):  # noqa: ARG002
        await asyncio.sleep(0)
        return Grant(max(least, min(wanted, 8)), 0.0)


class Breaker:
    """Finds nobody ill, and is slow at times to say so."""

    def __init__(self, dice):
        self.dice = dice

    async def heard(self, account, told, *, mode, repeatable):  # noqa: ARG002
        await asyncio.sleep(self.dice.choice([0.0005, 0.05, 0.2]))
        return False


class Carrier:
    """Every tenth answer is unsure."""

    name = "carrier"
    repeatable = False

    def __init__(self, dice):
        self.dice = dice

    async def send(self, parcels, *, wire):  # noqa: ARG002
        await asyncio.sleep(self.dice.choice([0.001, 0.003, 0.01]))
        return [Outcome.unsure("cut") if self.dice.random() < 0.1 else Outcome.taken("x")]


def all_arrive(seed: Any) -> Any:
    """(whether all convoys' calls have their outcomes, rather than nobody to carry them; asked)."""
    dice: Any = random.Random(seed)
    leaves: list[Call] = []
    pace: Any = Pace()
    breaker: Any = Breaker(dice)
    carrier: Any = Carrier(dice)
    nothing: Any = None

    async def drive():
        parts = (nothing, pace, breaker, lambda _: None, leaves.append)
        track = Track("carrier", "drill", *parts)

        async def convoy():
            for _ in range(4):
                calls = [Call.of(carrier, 1, [Piece(1, n, nothing)]) for n in range(CALLS)]
                assert all(await track.carry(calls))

        convoys = [asyncio.create_task(convoy()) for _ in range(CONVOYS)]
        while not all(one.done() for one in convoys):
            await asyncio.sleep(0.05)
            if track._queue and not track._lines:
                for one in convoys:
                    one.cancel()
                return False
        return True

    return asyncio.run(drive()), len(leaves)


@pytest.mark.parametrize("seed", range(6))
def test_a_track_that_becomes_narrow_goes_on(seed):
    """Lines that see at once that they are too many do not all end.

    Each unsure answer halves the track, and all lines wait for the breaker's word and wake up in
    the same moment. Once all of them went, the convoys waited for ever, and kept their leases.
    """
    assert all_arrive(seed) == (True, CONVOYS * 4 * CALLS)


class Moody(Pace):
    """Gives one, some, nothing yet, or no answer at all."""

    def __init__(self, dice):
        self.dice = dice

    async def take(self, account, *, least, wanted):  # noqa: ARG002
        await asyncio.sleep(self.dice.choice([0, 0.001]))
        granted = self.dice.choice([least, least, wanted, 0])
        return Grant(granted, self.dice.choice([0.0, 0.002]), away=self.dice.random() < 0.05)


@pytest.mark.parametrize("seed", range(4))
def test_nobody_who_sleeps_for_the_pace_is_forgotten(seed):
    """Only as many lines are woken as there are tokens; all calls have their outcomes all the same.

    Also those that come when the queue was emptied meanwhile, since Valkey was away.
    """
    dice: Any = random.Random(seed)
    nothing: Any = None
    pace: Any = Moody(dice)
    breaker: Any = Breaker(dice)
    carrier: Any = Carrier(dice)

    async def drive():
        track = Track("carrier", "drill", nothing, pace, breaker, lambda _: None, lambda _: None)

        async def convoy():
            told = 0
            for _ in range(3):
                calls = [Call.of(carrier, 1, [Piece(1, n, nothing)]) for n in range(CALLS)]
                told += sum(map(len, await track.carry(calls)))
            return told

        async with asyncio.timeout(60):
            return await asyncio.gather(*(convoy() for _ in range(CONVOYS)))

    assert asyncio.run(drive()) == [3 * CALLS] * CONVOYS


@pytest.mark.parametrize("repeatable", [True, False])
def test_the_breaker_is_told_whether_a_message_may_go_twice(repeatable):
    """A push service that is half well goes on; half of an SMS carrier's unsure is too much."""
    told: list[bool] = []
    nothing: Any = None
    pace: Any = Pace()

    class Hearing(Breaker):
        async def heard(self, account, outcomes, *, mode, repeatable):
            told.append(repeatable)
            return await super().heard(account, outcomes, mode=mode, repeatable=repeatable)

    dice: Any = random.Random(1)
    breaker: Any = Hearing(dice)
    carrier: Any = Carrier(dice)
    carrier.repeatable = repeatable

    async def drive():
        track = Track("carrier", "drill", nothing, pace, breaker, lambda _: None, lambda _: None)
        await track.carry([Call.of(carrier, 1, [Piece(1, n, nothing)]) for n in range(20)])

    asyncio.run(drive())
    assert told
    assert set(told) == {repeatable}
