"""Push may go twice on purpose: its device shows both as one, and the books say how often."""

import pytest

from tests.faults.examiner import names

MANNERS = {
    "500": {"error_500": 0.5},
    "garbage": {"garbage": 0.5},
    "accepts and drops the connection": {"cut": 0.5},
}


@pytest.mark.parametrize("manner", MANNERS)
def test_what_is_unsure_goes_again(ground, proven, manner):
    """Nobody can ask a push service: it is sent again, counted so, and shown once."""
    oracle = ground.tree.oracles["drill"]
    oracle.behave(seed=5, **MANNERS[manner])
    run = ground.run(mode="drill", kinds=("fcm", "browser"))
    run.settle()
    oracle.behave()
    proof = proven(run)
    seen, taken = proof.found.seen, run.accepted()
    assert seen["repeated on purpose"] > 0
    assert seen["once"] + seen["repeated on purpose"] + seen["unknown"] == run.people
    rows = ground.tree.rows.targeted([run.dispatch])
    again = sum(len(row.again) for row in rows)
    [(counted,)] = ground.tree.rows.ask(
        "select count(*) from ledger_attempt where dispatch_id = %s and verdict = 'repeated'",
        [run.dispatch],
    )
    assert counted == again >= len(taken) - seen["once"] - seen["repeated on purpose"]
    # a Topic, or the tag in an app's message, is the delivery's own: a device shows one of them
    assert {one.delivery for one in taken} <= names(rows).keys()
