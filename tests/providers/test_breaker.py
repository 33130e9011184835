"""The shared breaker, over a real Valkey: it opens for all, tries with one, closes again."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from redis.asyncio import Redis

from dispatcher.kit import wire
from dispatcher.ledger.facts import Outcome
from dispatcher.providers.breaker import ALL, Breaker, Leave, Rules, State, is_ill

pytestmark = pytest.mark.usefixtures("valkey")

GOOD, ILL = Outcome.taken("SM1"), Outcome.unsure("timeout")
QUICK = Rules(window=0.6, first=0.2, longest=0.6, trial=0.3)
"""The same law in a hundredth of the time."""


def played(
    scene: Callable[[Breaker], Awaitable[None]], *, rules: Rules = QUICK, url: str = ""
) -> None:
    async def stage() -> None:
        async with Redis.from_url(url or settings.REDIS_URL, socket_timeout=5) as client:
            await scene(Breaker(client, rules=rules))

    asyncio.run(stage())


async def heard(breaker: Breaker, *outcomes: Outcome, account: str = "a") -> None:
    await breaker.heard(account, outcomes, mode="real")


async def most(breaker: Breaker, account: str = "a") -> int:
    return (await breaker.allows(account, mode="real")).most


async def state(breaker: Breaker) -> State:
    return await breaker.state("a", mode="real")


@pytest.mark.parametrize(
    ("outcome", "ill"),
    [
        (Outcome.taken("SM1"), False),
        (Outcome.refused("21211", dead=True), False),
        (Outcome.later("20429", seconds=1), False),
        (Outcome.later("neighbour_refused", seconds=0.1), False),
        (Outcome.later("not_connected", seconds=2), True),
        (Outcome.later("account", seconds=60), True),
        (Outcome.unsure("timeout"), True),
        (Outcome.unsure("http_500"), True),
        (Outcome.unsure("garbage"), True),
    ],
)
def test_a_carrier_that_answers_as_documented_is_well(outcome, ill):
    assert is_ill(outcome) is ill


def test_a_pause_outlasts_what_was_on_the_wire_when_it_began():
    """Else a late time-out is taken for the trial's answer, or a trial is given twice."""
    longest = wire.PATIENCE + max(wire.WHOLE, wire.CONNECT)
    assert longest < Rules().first < Rules().trial
    assert Rules().first < Rules().longest


@pytest.mark.parametrize(
    ("ill", "good", "opens"),
    [
        (4, 0, False),
        (5, 0, True),
        (5, 5, True),
        (5, 6, False),
        (20, 80, False),
        (50, 50, True),
        (0, 9, False),
    ],
)
def test_it_opens_at_so_many_that_are_so_large_a_share(ill, good, opens):
    async def scene(breaker: Breaker) -> None:
        await heard(breaker, *[GOOD] * good, *[ILL] * ill)
        leave = await breaker.allows("a", mode="real")
        assert (leave.most == 0) is opens
        assert leave == Leave(ALL) or 0 < leave.wait <= QUICK.first

    played(scene)


@pytest.mark.parametrize(("ill", "good", "opens"), [(5, 5, False), (17, 2, False), (18, 2, True)])
def test_where_a_message_may_go_twice_half_well_is_well_enough(ill, good, opens):
    """A push service that drops half of what it gets still reaches people; nobody stands in."""

    async def scene(breaker: Breaker) -> None:
        told = [GOOD] * good + [ILL] * ill
        assert await breaker.heard("a", told, mode="real", repeatable=True) is opens
        assert (await most(breaker) == 0) is opens

    played(scene)


def test_failures_add_up_over_workers_and_are_forgotten_after_the_window():
    async def scene(breaker: Breaker) -> None:
        await heard(breaker, *[ILL] * 4)
        await asyncio.sleep(QUICK.window * 7 / 6)
        await heard(breaker, *[ILL] * 4)
        assert await most(breaker) == ALL
        await heard(breaker, ILL)
        assert await most(breaker) == 0

    played(scene)


def test_nothing_heard_is_nothing_said(valkey):
    async def scene(breaker: Breaker) -> None:
        await heard(breaker)
        assert not valkey.keys()

    played(scene)


def test_accounts_and_modes_do_not_share_an_illness():
    async def scene(breaker: Breaker) -> None:
        await heard(breaker, *[ILL] * 9)
        assert await most(breaker, "b") == ALL
        assert (await breaker.allows("a", mode="drill")).most == ALL

    played(scene)


def test_one_tries_and_its_success_lets_all_go():
    async def scene(breaker: Breaker) -> None:
        await heard(breaker, *[ILL] * 5)
        assert await state(breaker) is State.OPEN
        await asyncio.sleep(QUICK.first)
        assert await state(breaker) is State.HALF_OPEN
        told = await asyncio.gather(*(breaker.allows("a", mode="real") for _ in range(20)))
        assert sorted(leave.most for leave in told) == [0] * 19 + [1]
        assert all(0 < leave.wait <= QUICK.trial for leave in told if not leave.most)
        await heard(breaker, GOOD)
        assert await most(breaker) == ALL
        assert await state(breaker) is State.CLOSED
        await heard(breaker, *[ILL] * 4)  # the old failures are forgotten
        assert await most(breaker) == ALL

    played(scene)


def test_a_trial_that_fails_doubles_the_pause_up_to_the_longest(valkey):
    async def scene(breaker: Breaker) -> None:
        await heard(breaker, *[ILL] * 5)
        for pause in (0.2, 0.4, 0.6, 0.6):
            leave = await breaker.allows("a", mode="real")
            assert leave.most == 0
            assert float(valkey.hget("breaker:real:a", "pause")) == pause
            await asyncio.sleep(leave.wait)
            assert await most(breaker) == 1
            await heard(breaker, ILL)

    played(scene)


def test_a_trial_whose_sender_died_is_given_again():
    async def scene(breaker: Breaker) -> None:
        await heard(breaker, *[ILL] * 5)
        await asyncio.sleep(QUICK.first)
        assert await most(breaker) == 1
        assert await most(breaker) == 0
        await asyncio.sleep(QUICK.trial)
        assert await most(breaker) == 1

    played(scene)


def test_what_comes_late_neither_lengthens_nor_ends_a_pause():
    """Requests that were under way when it opened; after the pause a good one may end it."""

    async def scene(breaker: Breaker) -> None:
        await heard(breaker, *[ILL] * 5)
        await heard(breaker, *[ILL] * 50)
        await heard(breaker, GOOD)
        leave = await breaker.allows("a", mode="real")
        assert leave.most == 0
        await asyncio.sleep(leave.wait)
        await heard(breaker, ILL)  # no trial was given yet: this is none's end
        assert await most(breaker) == 1
        await heard(breaker, GOOD)
        assert await most(breaker) == ALL

    played(scene)


def test_the_first_that_is_well_is_taken_and_else_the_one_that_is_soonest():
    async def scene(breaker: Breaker) -> None:
        async def first(*accounts: str) -> tuple[str, Leave]:
            return await breaker.first_well(accounts, mode="real")

        assert await first("a", "b") == ("a", Leave(ALL))
        await heard(breaker, *[ILL] * 5)
        assert await first("a", "b") == ("b", Leave(ALL))
        await asyncio.sleep(0.05)
        await heard(breaker, *[ILL] * 5, account="b")
        account, leave = await first("b", "a")
        assert (account, leave.most) == ("a", 0)
        await asyncio.sleep(leave.wait)
        assert await first("a", "b") == ("a", Leave(1))  # the trial: one, and no more
        assert await most(breaker) == 0

    played(scene)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis://nobody.example.test:1/0"])
def test_without_valkey_all_may_go(url):
    async def scene(breaker: Breaker) -> None:
        await heard(breaker, *[ILL] * 50)
        assert await most(breaker) == ALL
        assert await state(breaker) is State.CLOSED

    played(scene, url=url)


def test_an_emptied_valkey_is_a_closed_breaker(valkey):
    async def scene(breaker: Breaker) -> None:
        await heard(breaker, *[ILL] * 5)
        assert await most(breaker) == 0
        valkey.flushdb()
        assert await most(breaker) == ALL

    played(scene)


def test_an_old_illness_leaves_nothing_behind(valkey):
    async def scene(breaker: Breaker) -> None:
        await heard(breaker, GOOD)
        assert 0 < valkey.ttl("breaker:real:a") <= 6
        await heard(breaker, *[ILL] * 5)
        assert 0 < valkey.ttl("breaker:real:a") <= 7

    played(scene)


ELSEWHERE = """
import asyncio, sys
from redis.asyncio import Redis
from dispatcher.ledger.facts import Outcome
from dispatcher.providers.breaker import Breaker, Rules

async def main(url, verb):
    async with Redis.from_url(url, socket_timeout=5) as client:
        breaker = Breaker(client, rules=Rules(window=60, first=0.5, trial=60))
        if verb == "fail":
            await breaker.heard("a", [Outcome.unsure("timeout")] * 3, mode="real")
        else:
            sys.stdin.readline()
            asked = [breaker.allows("a", mode="real") for _ in range(50)]
            print(sum(leave.most for leave in await asyncio.gather(*asked)))

asyncio.run(main(*sys.argv[1:]))
"""


def elsewhere(verb: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, settings.REDIS_URL, verb],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def told(processes: Sequence["subprocess.Popen[str]"]) -> list[str]:
    return [process.communicate("go\n", timeout=30)[0].strip() for process in processes]


def test_two_processes_share_the_illness_and_only_one_of_them_tries():
    """Three failures each are six together; then a hundred ask, and one is let through."""
    assert told([elsewhere("fail"), elsewhere("fail")]) == ["", ""]

    async def scene(breaker: Breaker) -> None:
        assert await state(breaker) is not State.CLOSED
        await asyncio.sleep(0.6)

    played(scene)
    assert sorted(told([elsewhere("ask"), elsewhere("ask")])) == ["0", "1"]


@how(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.booleans(), max_size=12), max_size=6))
def test_it_opens_exactly_when_the_counts_say_so(calls):
    """Whatever comes in which order: at the first moment with 5 ill that are half of all."""

    async def scene(breaker: Breaker) -> None:
        await breaker._redis.flushdb()
        ill = good = 0
        opened = False
        for call in calls:
            await heard(breaker, *[ILL if one else GOOD for one in call])
            ill, good = ill + sum(call), good + len(call) - sum(call)
            opened = opened or bool(call and ill >= 5 and ill >= good)
            assert (await most(breaker) == 0) is opened

    played(scene, rules=Rules(window=600))
