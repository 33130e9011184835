"""One installation for all faults: it is started once, harmed again and again, and must live."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.proving import Ground
from tests.faults.tree import Tree

PEOPLE = {"sms": 200, "email": 60, "fcm": 16, "browser": 16}
PACE = 80
"""Messages a second for each account, so that a launch lasts some seconds and can be met in it."""
SEED = int(os.environ.get("FAULTS_SEED", "1"))
"""Moments follow from it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder is marked, and runs on Linux alone: it looks into /proc."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.faults)
            if sys.platform != "linux":
                item.add_marker(pytest.mark.skip(reason="NOT RUN: faults need Linux"))


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
