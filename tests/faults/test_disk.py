"""The disk is full in the middle of a launch, and then it is not any more."""

import time

import pytest


def test_the_disk_is_full(ground, proven):
    """Nothing can be written for four seconds: no database, no broker, no log. Then all goes on."""
    if ground.tree.disk.refusal:
        pytest.skip(f"NOT RUN: {ground.tree.disk.refusal}")
    run = ground.run()
    [moment] = run.moments(1, most=0.4)
    run.reach(moment)
    ground.tree.disk.fill()
    time.sleep(4)
    run.harm(ground.tree.disk.free)
    proven(run)
