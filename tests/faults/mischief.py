"""Everything that a soak does to the installation: each fault by its name."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from tests.faults.proving import Run
from tests.faults.tree import LANES, Tree

Harm = Callable[[Run, random.Random], int]
"""Does it while the launch is under way; how often it did."""


@dataclass(frozen=True, slots=True)
class Mischief:
    """One fault: what is done to us, or how the carriers behave, or both."""

    name: str
    do: Harm = lambda _run, _dice: 1
    manners: Mapping[str, Any] = field(default_factory=dict)
    mount: bool = False
    """It needs a disk that can be full at a word."""


def kills(what: Callable[[Tree], object], *, most: int = 3) -> Harm:
    """At one to `most` random moments of the launch."""

    def harm(run: Run, dice: random.Random) -> int:
        moments = sorted(dice.uniform(0.03, 0.8) for _ in range(dice.randint(1, most)))
        for moment in moments:
            run.reach(moment)
            run.harm(lambda: what(run.ground.tree))
        return len(moments)

    return harm


def froze(part: str, seconds: float) -> Harm:
    """SIGSTOP for so long, once."""

    def harm(run: Run, dice: random.Random) -> int:
        run.reach(dice.uniform(0.03, 0.6))
        with run.ground.tree.frozen(part):
            time.sleep(seconds)
        return 1

    return harm


def full(run: Run, dice: random.Random) -> int:
    """No byte finds room for some seconds, in which somebody may die and cannot start again."""
    run.reach(dice.uniform(0.03, 0.6))
    run.ground.tree.disk.fill()
    time.sleep(dice.uniform(1.0, 4.0))
    if victim := dice.choice(["", CRITICAL, "valkey", "postgres"]):
        run.ground.tree.kill(victim, whole=False)
    time.sleep(dice.uniform(1.0, 4.0))
    run.harm(run.ground.tree.disk.free)
    return 1


def hours(run: Run, dice: random.Random) -> int:
    """The receipts are on their way while the ledger's hours pass."""
    run.settle()
    run.ground.pass_time(3600 * dice.randint(1, 4))
    return 1


def knocks(run: Run, dice: random.Random) -> int:
    """Callers that stop in the middle."""
    run.reach(dice.uniform(0.03, 0.3))
    run.ground.tree.half_closed_knocks(200)
    return 200


def forged(run: Run, dice: random.Random) -> int:
    """Receipts that no carrier has signed, for messages of this launch."""
    run.reach(dice.uniform(0.1, 0.5))
    ids = [row.delivery for row in run.ground.tree.rows.targeted([run.dispatch])]
    told = [run.ground.tree.forge(one) for one in dice.sample(ids, min(100, len(ids)))]
    assert set(told) == {403}, f"a forged receipt was answered {set(told)}"
    return len(told)


def several(run: Run, dice: random.Random) -> int:
    """Whatever can be killed, at five moments, two at a time."""
    parts = [*(f"worker-{lane}" for lane in LANES), "web", "door", "beat", "valkey", "postgres"]
    for moment in sorted(dice.uniform(0.03, 0.8) for _ in range(5)):
        run.reach(moment)
        pair = dice.sample(parts, 2)
        run.harm(partial(run.ground.tree.kill, *pair))
    return 10


CRITICAL = "worker-critical"
MISCHIEF = (
    Mischief("a worker's child is killed", kills(lambda tree: tree.kill_child(CRITICAL))),
    Mischief("a worker is killed", kills(lambda tree: tree.kill(CRITICAL))),
    Mischief(
        "all workers are killed",
        kills(lambda tree: tree.kill(*(f"worker-{lane}" for lane in LANES)), most=2),
    ),
    Mischief("a worker is frozen for 12 s", froze(CRITICAL, 12)),
    Mischief("beat is killed", kills(lambda tree: tree.kill("beat"))),
    Mischief("web is killed", kills(lambda tree: tree.kill("web", whole=False))),
    Mischief("the door is killed", kills(lambda tree: tree.kill("door", whole=False))),
    Mischief("the broker is killed", kills(lambda tree: tree.kill("valkey"))),
    Mischief("the broker is emptied", kills(lambda tree: tree.empty_broker())),
    Mischief("the broker is frozen for 4 s", froze("valkey", 4)),
    Mischief(
        "the database is killed", kills(lambda tree: tree.kill("postgres", whole=False), most=2)
    ),
    Mischief("the database is frozen for 4 s", froze("postgres", 4)),
    Mischief("the disk is full", full, mount=True),
    Mischief("connections to the database are cut", kills(lambda tree: tree.cut_database())),
    Mischief("connections to the broker are cut", kills(lambda tree: tree.cut_broker())),
    Mischief("callers half-close", knocks),
    Mischief("several are killed at once", several),
    Mischief("the carrier answers 500 or 503", manners={"error_500": 0.1, "error_503": 0.1}),
    Mischief("the carrier answers 429", manners={"throttled": 0.3, "retry_after": 2}),
    Mischief("the carrier answers garbage", manners={"garbage": 0.1}),
    Mischief("the carrier answers nothing", manners={"silent": 0.01}),
    Mischief("the carrier accepts and drops the line", manners={"cut": 0.1}),
    Mischief("the carrier half-closes", manners={"half": 0.1}),
    Mischief("the carrier is slow", manners={"latency_ms": [0, 800]}),
    Mischief("receipts come before the answer", manners={"receipts_first": 1.0}),
    Mischief("receipts come in any order", manners={"reordered": 1.0, "receipt_ms": [0, 900]}),
    Mischief(
        "receipts come up to 46 times",
        manners={"repeat": 46, "reordered": 0.5, "receipt_ms": [0, 2000], "lost": 0.8},
    ),
    Mischief("receipts come in a storm", manners={"repeat": 5, "receipt_ms": [0, 5]}),
    Mischief("receipts come hours late", hours, manners={"receipt_ms": [8000, 15000]}),
    Mischief("receipts are forged", forged),
)
MILD = {"error_500": 0.01, "throttled": 0.03, "cut": 0.01, "repeat": 2, "reordered": 0.3}
"""How the carriers behave in every second launch besides: nobody is ever quite well."""


def schedule(seed: int) -> Iterator[tuple[Mischief, random.Random, bool]]:
    """Every fault once in an order of its own, and again, without end: the same for a seed.

    (the fault, the dice for its moments, whether the carriers are also a little ill)
    """
    dice = random.Random(seed)
    rounds = (dice.sample(MISCHIEF, len(MISCHIEF)) for _ in iter(int, 1))
    for one in chain.from_iterable(rounds):
        yield one, random.Random(dice.getrandbits(64)), dice.random() < 0.5
