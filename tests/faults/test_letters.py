"""SendGrid misbehaves: one request carries many letters, and it has no list that could be asked."""

import pytest

MANNERS = {
    "500": {"error_500": 0.3},
    "503": {"error_503": 0.3},
    "nothing until the time-out": {"silent": 0.1},
    "garbage": {"garbage": 0.3},
    "accepts and drops the connection": {"cut": 0.3},
    "half-closes in its answer": {"half": 0.3},
    "429 with Retry-After": {"throttled": 0.3, "retry_after": 2},
}
"""Shares of its requests; by the breaker's rule (half of them) the account is still well."""
PERHAPS = {"500", "503", "nothing until the time-out"}
"""It took about half of these requests, and none of the others."""


@pytest.mark.parametrize("manner", MANNERS)
def test_letters(ground, proven, manner):
    """Whom a signed event speaks of has it, once; who is never spoken of stays unknown, on the record.

    To send it again would be twice for some, and an urgent alert prefers never.
    """
    ground.tree.oracles["real"].behave(seed=7, **MANNERS[manner])
    run = ground.run(kinds=("email",))
    proof = proven(run)
    seen, letters = proof.found.seen, len(run.accepted())
    assert seen["once"] + seen["unknown"] == run.people
    assert seen["once"] == letters
    if manner not in PERHAPS:
        assert letters == run.people
        return
    rows = [row for row in ground.tree.rows.targeted([run.dispatch]) if row.why]
    assert {row.verdict for row in rows} <= {"given_up", "receipt"}
