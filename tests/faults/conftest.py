"""One installation for all faults: it is started once, harmed again and again, and must live."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.lines import LINES, Line, console, named, show
from tests.faults.proving import Ground, Proof, Run
from tests.faults.tree import Tree

PEOPLE = {"sms": 1_400, "email": 500, "fcm": 60, "browser": 60}
PACE = 250
"""Messages a second for each account, so that a launch lasts some seconds and can be met in it."""
SEED = int(os.environ.get("FAULTS_SEED", "1"))
"""Moments follow from it."""
LAST = "test_at_the_end"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder is marked, and runs on Linux alone: it looks into /proc.

    The last look at all launches comes last.
    """
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.faults)
            if sys.platform != "linux":
                item.add_marker(pytest.mark.skip(reason="NOT RUN: faults need Linux"))
    items.sort(key=lambda item: item.path.stem == LAST)


def pytest_configure(config: pytest.Config) -> None:
    """A table begins."""
    config.stash[LINES] = {}


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The table of faults, after the results."""
    told = terminalreporter.stats.get("skipped", [])
    skipped = {named(one.nodeid.rpartition("::")[2]): one.longrepr[2] for one in told
               if "tests/faults" in one.nodeid and "NOT RUN" in str(one.longrepr)}  # fmt: skip
    if lines := config.stash[LINES]:
        terminalreporter.write_line("")
        show(lines, skipped, console(wide=True))


@pytest.fixture(scope="session")
def _ground() -> Iterator[Ground]:
    with Tree(pace=PACE) as tree:
        yield Ground(tree, people=PEOPLE, seed=SEED)


@pytest.fixture
def ground(_ground: Ground) -> Iterator[Ground]:
    """The installation, whole before and after each fault; carriers behave again."""
    _ground.tree.whole()
    yield _ground
    _ground.tree.disk.free()
    for oracle in _ground.tree.oracles.values():
        oracle.behave()


Proven = Callable[..., Proof]


@pytest.fixture
def proven(request: pytest.FixtureRequest) -> Proven:
    """`proven(run)`: wait for its end, note what was seen in the table, hold it against the law.

    `times`: how often something was done to us, where the run has not counted it.
    """
    lines = request.config.stash[LINES]
    name = named(request.node.name)

    def prove(run: Run, *, times: int = 0) -> Proof:
        proof = run.proof()
        lines.setdefault(name, Line()).add(proof, times=times or run.harms or 1)
        return run.hold(proof)

    return prove
