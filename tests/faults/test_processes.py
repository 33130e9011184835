"""Processes die, freeze and come back while a launch is under way; nobody but the supervisor helps.

Each test holds, beside what it says itself: everybody's text message and e-mail was taken exactly
once, or the row says unknown, why, and what policy did; the books balanced whenever they were
proven; no standing fell; work moved again within 15 s of each kill.
"""

import time

import pytest

TIMES = 3
"""Kills in one launch, each at a random moment."""


def killed(ground, run, kill):
    """So often, while the launch lasts."""
    for moment in run.moments(TIMES):
        run.reach(moment)
        run.harm(kill)
        ground.tree.whole()


def test_a_workers_child_is_killed(ground, proven):
    """The process that sends; its parent forks another, and what it had on the wire is asked about."""
    run = ground.run()
    killed(ground, run, lambda: ground.tree.kill_child("worker-critical"))
    proven(run)


def test_a_worker_is_killed(ground, proven):
    """With its child."""
    run = ground.run()
    killed(ground, run, lambda: ground.tree.kill("worker-critical"))
    proven(run)


def test_all_workers_are_killed(ground, proven):
    """Every lane's worker at once, in the middle of two launches in two lanes."""
    drill, run = ground.run(mode="drill"), ground.run()
    workers = [name for name in ground.tree.parts() if name.startswith("worker")]
    killed(ground, run, lambda: ground.tree.kill(*workers))
    drill.settle()  # before anybody moves the clocks: its leases are as long as they are
    proven(run)
    proven(drill)


@pytest.mark.parametrize("part", ["beat", "web", "door", "valkey", "postgres"])
def test_it_is_killed(ground, proven, part):
    """SIGKILL in the middle of a launch; the supervisor starts it again, and nothing is missing."""
    run = ground.run()
    killed(ground, run, lambda: ground.tree.kill(part, whole=False))
    proven(run)


def test_all_parts_are_killed(ground, proven):
    """Everything that runs, with all children, but the supervisor: as a host that loses its power."""
    run = ground.run()
    [moment] = run.moments(1)
    run.reach(moment)
    run.harm(lambda: ground.tree.kill(*ground.tree.parts()))
    proven(run)


def test_a_worker_is_frozen_for_longer_than_its_lease(ground, proven):
    """SIGSTOP for 14 s, the lease is 10: others call unknown what it had in flight.

    When it goes on it sends nothing of that, and discards nothing that it knows.
    """
    run = ground.run()
    [moment] = run.moments(1)
    run.reach(moment)
    with ground.tree.frozen("worker-critical"):
        time.sleep(14)
        lost = ground.tree.rows.ask(
            "select count(*) from ledger_question where dispatch_id = %s and why = 'lease_lost'",
            [run.dispatch],
        )
    assert lost[0][0], "it held nothing, or nobody has taken it over"
    proven(run, times=1)


@pytest.mark.parametrize("part", ["valkey", "postgres"])
def test_it_is_frozen(ground, proven, part):
    """Its connections stay open and nobody answers on them, for four seconds."""
    run = ground.run()
    [moment] = run.moments(1)
    run.reach(moment)
    with ground.tree.frozen(part):
        time.sleep(4)
    proven(run, times=1)


def test_the_broker_is_emptied(ground, proven):
    """FLUSHALL: doorbells, bindings and the pace are gone; the rows are the truth."""
    run = ground.run()
    killed(ground, run, ground.tree.empty_broker)
    proven(run)
