"""Connections are cut, half-closed and left open in the middle of a launch."""

import pytest

from tests.faults.examiner import STANDSTILL
from tests.faults.test_processes import SLOW


@pytest.mark.parametrize("what", ["cut_database", "cut_broker"])
def test_every_connection_is_cut(ground, what):
    """Of all our processes at once, three times: each finds its server again."""
    run = ground.run()
    for moment in run.moments(3):
        run.reach(moment)
        run.harm(getattr(ground.tree, what))
    assert run.proven().standstill <= STANDSTILL + SLOW


def test_callers_half_close(ground):
    """A hundred callers stop in the middle of a receipt: the web process still takes the others."""
    run = ground.run()
    run.reach(0.1)
    ground.tree.half_closed_knocks(100)
    proof = run.proven()
    assert proof.found.seen["once"] == run.people
    ground.tree.whole()
