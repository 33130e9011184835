"""Several hosts, one PostgreSQL, one Valkey; a host is cut off while it sends."""

import json
import os
import subprocess
import sys

import pytest

from tests.hosts import network

WHY_NOT = network.forbidden()
_OURS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "DISPATCHER_HOME")


@pytest.mark.faults
@pytest.mark.skipif(bool(WHY_NOT), reason=f"not run: {WHY_NOT}")
def test_a_host_that_is_cut_off_loses_nothing_and_sends_nothing_twice():
    """The other one takes its batches over; everybody is in the books once, and the books balance."""
    environ = {name: value for name, value in os.environ.items() if name not in _OURS}
    done = subprocess.run(
        [sys.executable, "-m", "tests.hosts.scene"],
        env=environ, capture_output=True, text=True, timeout=420, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["taken_at_the_cut"] < seen["people"], "it was over before the cut"
    assert seen["off"] == []
    assert sum(seen["books"].values()) == seen["people"]
    assert set(seen["books"]) <= {"handed_over", "delivered", "unknown"}
    copies = {int(n): people for n, people in seen["copies"].items()}
    again = sum(seen["unknowns"].get(why, 0) for why in ("resent", "risked", "repeated", "many"))
    assert sum(people for n, people in copies.items() if n > 1) <= again, "twice, and not on record"
    assert seen["people"] - sum(copies.values()) <= seen["books"].get("unknown", 0), "never"
