"""Eight hands click on launch at once: one dispatch, whatever dies under their fingers."""

import pytest

LAUNCHES = 5
KINDS = ("email", "fcm")
"""Quick to send: what is looked at is the launch."""


def dispatches(ground):
    """How many there are in all."""
    [(n,)] = ground.tree.rows.ask("select count(*) from ledger_dispatch")
    return n


def test_eight_hands_click_at_once(ground, proven):
    """Five launches, forty clicks: five dispatches, and everybody is written to once by each."""
    before = dispatches(ground)
    runs = [ground.run(kinds=KINDS) for _ in range(LAUNCHES)]
    assert dispatches(ground) == before + LAUNCHES
    for run in runs:
        run.settle()
    for run in runs:
        assert proven(run, times=8).found.seen["once"] == run.people


@pytest.mark.parametrize("part", ["postgres", "valkey"])
def test_it_dies_as_they_click(ground, proven, part):
    """They see an error, or not, and click again until they are told: still one dispatch."""
    before = dispatches(ground)
    run = ground.run(kinds=KINDS, meanwhile=lambda: ground.tree.kill(part, whole=False))
    assert dispatches(ground) == before + 1
    proven(run, times=8)
