"""A carrier misbehaves: each way meets its own people of one launch, so that all are seen at once."""

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest

from tests.faults.examiner import Row, examine
from tests.faults.lines import LINES, Line

MANNERS: dict[str, dict[str, Any]] = {
    "500": {"error_500": 1.0},
    "503": {"error_503": 1.0},
    "429 with Retry-After": {"throttled": 1.0, "retry_after": 2},
    "garbage": {"garbage": 1.0},
    "nothing until the time-out": {"silent": 1.0},
    "accepts and drops the connection": {"cut": 1.0},
    "half-closes in its answer": {"half": 1.0},
    "slow": {"latency_ms": [1000, 1500]},
    "refuses for good": {"refused": 1.0, "refusal": "21612"},
}
"""What a carrier does to the first request for each of its people; the second is answered well."""
EACH = 16
SILENT = 4
"""Fewer for the manner that takes the whole time-out: a window waits for its slowest answer."""


@dataclass(frozen=True)
class Seen:
    """What became of the people whom one manner met."""

    rows: list[Row]
    found: Counter[str]
    taken: int


def many(manner):
    """How many people it meets."""
    return SILENT if "nothing" in manner else EACH


@pytest.fixture(scope="module")
def seen(_ground, request):
    """One launch; the first 16 phones meet the first manner, and so on.

    They are a tenth of all, so that the account does not count as ill: what its breaker does with
    an ill one is tested elsewhere (tests/fanout), and here it would only make everybody wait.
    """
    _ground.tree.whole()
    oracle, phones = _ground.tree.oracles["real"], iter(_ground.phones())
    groups = {name: list(islice(phones, many(name))) for name in MANNERS}
    oracle.behave(seed=3)
    oracle.ask("POST", "/sandbox/faults", {
        "seed": 3,
        "addresses": {
            phone: {"strikes": 1, "receipt_ms": [20, 200], **MANNERS[name]}
            for name, group in groups.items() for phone in group
        },
    })  # fmt: skip
    run = _ground.run()
    proof = run.proof()
    lines = request.config.stash[LINES]
    lines["carrier: nine manners to a tenth of the texts"] = line = Line()
    line.add(proof, times=sum(map(many, MANNERS)))
    run.hold(proof)
    oracle.behave()
    rows, journal = _ground.tree.rows.targeted([run.dispatch]), run.accepted()
    told = {}
    for name, group in groups.items():
        mine = [row for row in rows if row.to in group]
        taken = sum(one.to in group for one in journal)
        told[name] = Seen(mine, examine(mine, journal, people=len(group)).seen, taken)
    told["all"] = Seen(rows, proof.found.seen, len(journal))
    return told


@pytest.mark.parametrize("manner", ["500", "503", "nothing until the time-out"])
def test_whether_it_was_taken_is_asked(seen, manner):
    """It took about half of them: the list and the receipts say who. All are written to once."""
    met = seen[manner]
    assert met.found == {"once": many(manner)}
    assert met.taken == many(manner)
    assert all(row.verdict for row in met.rows if row.why), "a question has no answer"


@pytest.mark.parametrize(
    "manner", ["garbage", "accepts and drops the connection", "half-closes in its answer"]
)
def test_what_it_took_is_never_sent_again(seen, manner):
    """It took all of them and said nothing that can be read: once each, by receipt or by asking."""
    assert seen[manner].taken == EACH
    assert seen[manner].found == {"once": EACH}


def test_429_is_obeyed(seen):
    """All are sent once, later than it asked for, and none is unknown."""
    met = seen["429 with Retry-After"]
    assert met.found == {"once": EACH}
    assert not any(row.why for row in met.rows)


def test_slow_is_not_lost(seen):
    """An answer after a second and a half is an answer."""
    assert seen["slow"].found == {"once": EACH}
    assert not any(row.why for row in seen["slow"].rows)


def test_what_it_refuses_for_good_is_not_tried_again(seen):
    """Nothing was taken, the rows say refused with the carrier's code."""
    met = seen["refuses for good"]
    assert met.taken == 0
    assert {row.code for row in met.rows} == {"21612"}


def test_nobody_else_notices(seen):
    """The others of the launch are written to once each, and nothing about them was ever in doubt.

    Whose second channel was left out, since they have no address there, has two rows.
    """
    rows = [row for row in seen["all"].rows if row.fate != "excluded"]
    met = {row.delivery for name, told in seen.items() if name != "all" for row in told.rows}
    others = [row for row in rows if row.delivery not in met]
    assert len(others) == len(rows) - sum(map(many, MANNERS))
    odd = [row for row in others if row.why or not row.standing or row.standing % 100 <= 10]
    assert not odd
