"""Processes die, freeze and come back while a launch is under way; nobody but the supervisor helps."""

import time

import pytest

from tests.faults.examiner import STANDSTILL

SLOW = 15.0
"""Seconds added where time is asserted: a machine may be that busy. A soak prints what it saw."""


def test_a_worker_is_killed(ground):
    """Its child, then all of it: the rest goes on, what it had on the wire is looked into."""
    run = ground.run()
    child, whole = run.moments(2)
    run.reach(child)
    run.harm(lambda: ground.tree.kill_child("worker-critical"))
    run.reach(whole)
    run.harm(lambda: ground.tree.kill("worker-critical"))
    proof = run.proven()
    assert proof.standstill <= STANDSTILL + SLOW


def test_all_workers_are_killed(ground):
    """Every lane's worker at once, in the middle of two launches in two lanes."""
    drill, run = ground.run(mode="drill"), ground.run()
    [moment] = run.moments(1)
    run.reach(moment)
    run.harm(lambda: ground.tree.kill(*(n for n in ground.tree.parts() if n.startswith("worker"))))
    ground.tree.rows.shift_clock(10)  # nobody is left whose lease could be cut short by that
    drill.proven()
    assert run.proven().standstill <= STANDSTILL + SLOW


@pytest.mark.parametrize("part", ["beat", "web", "door", "valkey", "postgres"])
def test_it_is_killed(ground, part):
    """SIGKILL in the middle of a launch; the supervisor starts it again, and nothing is missing."""
    run = ground.run()
    [moment] = run.moments(1)
    run.reach(moment)
    run.harm(lambda: ground.tree.kill(part, whole=False))
    assert run.proven().standstill <= STANDSTILL + SLOW


def test_a_worker_is_frozen_for_longer_than_its_lease(ground):
    """SIGSTOP for 12 s: others take over; when it goes on it discards nothing and sends nothing."""
    run = ground.run()
    [moment] = run.moments(1)
    run.reach(moment)
    with ground.tree.frozen("worker-critical"):
        time.sleep(12)
    run.proven()


@pytest.mark.parametrize("part", ["valkey", "postgres"])
def test_it_is_frozen(ground, part):
    """Its connections stay open and nobody answers on them, for two seconds."""
    run = ground.run()
    [moment] = run.moments(1)
    run.reach(moment)
    with ground.tree.frozen(part):
        time.sleep(2)
    run.proven()


def test_the_broker_is_emptied(ground):
    """FLUSHALL: doorbells, bindings and the pace are gone; the rows are the truth."""
    run = ground.run()
    for moment in run.moments(2):
        run.reach(moment)
        run.harm(ground.tree.empty_broker)
    assert run.proven().standstill <= STANDSTILL + SLOW
