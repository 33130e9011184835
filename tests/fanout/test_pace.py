"""The law of the pace, by the server's own clock: never over the rate, nobody starves, safe when lost.

What the event loop and the network add between a grant and a socket is not in it.
"""

import asyncio
import random
import time
from bisect import bisect_right
from collections.abc import Awaitable, Callable

import pytest
from django.conf import settings
from redis.asyncio import Redis

from dispatcher.fanout.pace import LAPSE, Pace, Purse

pytestmark = pytest.mark.usefixtures("valkey")


def played(scene: Callable[[Redis], Awaitable[None]]) -> None:
    async def stage() -> None:
        async with Redis.from_url(settings.REDIS_URL, socket_timeout=5) as client:
            await scene(client)

    asyncio.run(stage())


class Asker:
    """One worker: what it was granted, and from when on it might be sent, by the server's clock."""

    def __init__(self, client: Redis, *, rate: int, urgent: bool = False) -> None:
        self.pace = Pace(client, rates={"a": rate}, urgent=urgent)
        self.client = client
        self.granted: list[tuple[float, int]] = []

    async def ask(self, *, least: int = 1, wanted: int = 1) -> float:
        grant = await self.pace.take("a", least=least, wanted=wanted)
        seconds, micros = await self.client.time()
        self.granted.append((seconds + micros / 1e6 + grant.wait, grant.n))
        return grant.wait

    async def go_on(self, *, seconds: float, wanted: int = 1) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:  # noqa: ASYNC110  # a bucket rings no bell
            await asyncio.sleep(await self.ask(wanted=wanted) or 0.001)

    @property
    def total(self) -> int:
        return sum(n for _, n in self.granted)


def most_in_a_second(*askers: Asker) -> int:
    """The fullest window of a second over all grants; their times are told a round trip late."""
    granted = sorted(one for asker in askers for one in asker.granted)
    times, counts = [at for at, _ in granted], [n for _, n in granted]
    return max(
        sum(counts[start : bisect_right(times, at + 0.99)]) for start, at in enumerate(times)
    )


@pytest.mark.parametrize("rate", [1, 2, 10, 97, 1000])
def test_no_second_holds_more_than_the_rate(rate):
    """Askers that do not wait are given times in the future: the law holds for those."""
    dice = random.Random(rate)

    async def scene(client: Redis) -> None:
        askers = [Asker(client, rate=rate) for _ in range(3)]
        most = askers[0].pace.burst("a")
        while max((asker.granted or [(0.0, 0)])[-1][0] for asker in askers) < time.time() + 3:
            asker = dice.choice(askers)
            await asker.ask(least=dice.randint(1, most), wanted=dice.choice((1, rate, 10 * rate)))
            if dice.random() < 0.05:
                await asyncio.sleep(0.02)
        assert 0 < most_in_a_second(*askers) <= rate

    played(scene)


def test_what_is_lost_with_valkeys_memory_is_taken_for_spent(valkey):
    async def scene(client: Redis) -> None:
        asker = Asker(client, rate=100)
        for round_ in range(200):
            await asyncio.sleep(await asker.ask(wanted=50))
            if round_ % 40 == 7:
                valkey.flushdb()
        assert most_in_a_second(asker) <= 100

    played(scene)


def test_who_wants_little_is_not_starved_by_who_wants_much():
    async def scene(client: Redis) -> None:
        greedy = [Asker(client, rate=200) for _ in range(3)]
        modest = Asker(client, rate=200)
        askers = (asker.go_on(seconds=1.5, wanted=1000) for asker in greedy)
        await asyncio.gather(*askers, modest.go_on(seconds=1.5))
        assert modest.total >= max(asker.total for asker in greedy) / 4

    played(scene)


def test_an_urgent_asker_passes_those_who_are_not():
    async def scene(client: Redis) -> None:
        routine = [Asker(client, rate=200) for _ in range(3)]
        urgent = Asker(client, rate=200, urgent=True)
        askers = (asker.go_on(seconds=1.5, wanted=100) for asker in routine)
        await asyncio.gather(*askers, urgent.go_on(seconds=1.5, wanted=100))
        assert urgent.total > 5 * sum(asker.total for asker in routine)
        before = sum(asker.total for asker in routine)
        await asyncio.gather(*(asker.go_on(seconds=1, wanted=100) for asker in routine))
        assert sum(asker.total for asker in routine) > before, "when it has all, they go on"

    played(scene)


def test_without_valkey_nothing_goes():
    async def scene(_: Redis) -> None:
        async with Redis.from_url("redis://127.0.0.1:1/0") as nobody:
            grant = await Pace(nobody, rates={"a": 10}).take("a", least=1, wanted=5)
            assert (grant.n, grant.away) == (0, True)

    played(scene)


def test_a_purse_asks_for_what_it_spends_and_keeps_nothing_for_later():
    async def scene(client: Redis) -> None:
        pace = Pace(client, rates={"a": 1_000_000})
        await asyncio.sleep((await pace.take("a", least=1, wanted=1)).wait + 0.05)
        purse, asked = Purse(pace, "a"), []
        for _ in range(6):
            grant = await purse.ask(least=1, most=50)
            purse.fill(grant.n)
            asked.append(grant.n)
            while purse.spend(1):
                pass
        assert asked == [1, 2, 4, 8, 16, 32]
        purse.fill(32)
        await asyncio.sleep(2 * LAPSE)
        assert not purse.spend(1)

    played(scene)
