"""Programs side by side: they live and end with us, and come back when they die."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatcher.cli.supervise import Group, Part, python
from dispatcher.kit.errors import Refused

ROOT = Path(__file__).parents[2]
SLEEPER = python("-c", "import time; time.sleep(600)")
STUBBORN = python(
    "-c",
    "import signal, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('deaf', flush=True)\n"
    "time.sleep(600)",
)


@pytest.fixture
def group(tmp_path) -> Iterator[Group]:
    """An empty group."""
    made = Group(logs=tmp_path / "logs", environ=dict(os.environ))
    yield made
    made.stop()


def lives(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except FileNotFoundError:
        return False


def until(check, *, within: float = 10) -> bool:
    """Whether `check` came true in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.02)
    return False


def test_all_end_with_the_group(group):
    """Nothing stays behind after `stop`."""
    group.start(Part("one", SLEEPER), Part("two", SLEEPER))
    pids = group.pids
    assert all(map(lives, pids.values()))
    group.stop()
    assert not any(map(lives, pids.values()))


def test_one_that_does_not_listen_is_killed(group):
    """A program may not keep the others from ending."""
    group.start(Part("stubborn", STUBBORN, patience=0.3))
    assert until(lambda: b"deaf" in group.log("stubborn").read_bytes())
    pid = group.pids["stubborn"]
    group.stop()
    assert not lives(pid)


def test_a_dead_program_comes_back(group):
    """After a pause of a second, under the same name."""
    group.start(Part("one", SLEEPER), Part("two", SLEEPER))
    before = group.pids
    os.kill(before["one"], signal.SIGKILL)
    assert until(lambda: group.tend() == ["one"])
    assert group.pids["one"] != before["one"]
    assert group.pids["two"] == before["two"]


def test_one_that_keeps_dying_waits_longer_each_time(group):
    """The pauses are 1, 2, 4 ... seconds: a broken program does not eat the machine."""
    group.start(Part("broken", python("-c", "raise SystemExit(1)")))
    starts: list[float] = []
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        starts += [time.monotonic()] * len(group.tend())
        time.sleep(0.02)
    assert len(starts) == 2
    assert starts[1] - starts[0] > 1.9


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (python("-c", "print('what went wrong'); raise SystemExit(3)"), "up.chore_failed"),
        (SLEEPER, "up.chore_failed"),
    ],
)
def test_a_chore_that_fails_is_named_with_its_log(group, command, code):
    """Also one that takes too long."""
    group.begin("chore", command)
    with pytest.raises(Refused) as refusal:
        group.finish("chore", within=0.5)
    assert refusal.value.code == code
    assert refusal.value.facts["log"] == str(group.log("chore"))


@pytest.mark.parametrize(
    ("command", "code"),
    [(python("-c", "raise SystemExit(1)"), "up.part_died"), (SLEEPER, "up.part_slow")],
)
def test_a_part_that_does_not_come_up_is_named(group, command, code):
    """The waiting ends with the reason, not with a hang."""
    group.start(Part("part", command))
    with pytest.raises(Refused) as refusal:
        group.wait(lambda: False, name="part", within=1)
    assert refusal.value.code == code


HOLDER = """
import sys, time
from pathlib import Path
from dispatcher.cli.supervise import Group, Part, python
group = Group(logs=Path(sys.argv[1]), environ={"PATH": "/usr/bin:/bin"})
group.start(Part("one", python("-c", "import time; time.sleep(600)")))
print(group.pids["one"], flush=True)
time.sleep(600)
"""


def test_children_end_when_we_are_killed(tmp_path):
    """Kill -9 leaves no time to tidy up; the kernel does it."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "logs")],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert holder.stdout
    child = int(holder.stdout.readline())
    assert lives(child)
    holder.kill()
    holder.wait()
    assert until(lambda: not lives(child))


def test_ctrl_c_at_the_terminal_reaches_only_us(group):
    """A child in our process group would die before it is asked to."""
    group.start(Part("one", SLEEPER))
    assert os.getpgid(group.pids["one"]) != os.getpgid(0)


def test_the_children_of_a_dead_part_are_ended(group, tmp_path):
    """Where they would outlive it for good, as a web server's do: not two of them on one port."""
    told = tmp_path / "child"
    parent = python(
        "-c",
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(told)!r}).write_text(str(child.pid))\n"
        "time.sleep(600)",
    )
    group.start(Part("web", parent, forks=True))
    assert until(lambda: told.exists() and told.read_text() != "")
    child = int(told.read_text())
    assert lives(child)
    os.kill(group.pids["web"], signal.SIGKILL)
    assert until(lambda: group.tend() is not None and not lives(child))
