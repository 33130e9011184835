"""Connections are cut, half-closed and left open in the middle of a launch."""

import pytest


@pytest.mark.parametrize("what", ["cut_database", "cut_broker"])
def test_every_connection(ground, proven, what):
    """Of all our processes at once, three times: each finds its server again."""
    run = ground.run()
    for moment in run.moments(3):
        run.reach(moment)
        run.harm(getattr(ground.tree, what))
    proven(run)


def test_callers_half_close(ground, proven):
    """A hundred callers stop in the middle of a receipt: the door still takes the others."""
    run = ground.run()
    run.reach(0.1)
    ground.tree.half_closed_knocks(100)
    proof = proven(run, times=100)
    assert proof.found.seen["once"] == run.people
    ground.tree.whole()
