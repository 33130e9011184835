"""What a verb of ./dispatch says of itself, before it installs or starts anything."""

import subprocess

import pytest

from tests.house.tree import ROOT

VERBS = ("test", "gallery", "faults", "soak", "bench")


@pytest.mark.parametrize("asked", ["--help", "-h"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_teaches_in_a_few_lines(verb, asked, tmp_path):
    """Not the hundreds of lines of what it calls; and it needs no environment to say so."""
    told = subprocess.run(
        ["/bin/sh", ROOT / "dispatch", verb, asked],
        env={"PATH": "/usr/bin:/bin", "DISPATCHER_VENV": str(tmp_path / "none")},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    lines = told.stdout.splitlines()
    assert lines[0].startswith(f"./dispatch {verb} ")
    assert 5 < len(lines) < 20
    assert any(word in told.stdout for word in ("minute", "hour"))
    assert not list(tmp_path.iterdir())
