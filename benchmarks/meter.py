"""What a run costs: CPU seconds of whole process trees, and the most memory that a process held."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
"""Seconds in which /proc counts: 10 ms, against runs of seconds."""
_PROC = Path("/proc")


def cpu(groups: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """Group's name -> CPU seconds so far of its processes, their children, and those that ended."""
    spent = _still()
    below = _families(spent)
    return {
        name: sum(spent[pid][1] for root in roots for pid in _tree(root, below) if pid in spent)
        for name, roots in groups.items()
    }


def peak(root: int) -> float:
    """The largest resident set, in MiB, that a living process of the tree ever had."""
    return max(map(_high_water, _tree(root, _families(dict(_processes())))))


def load() -> float:
    """Processes that wanted a core in the last minute: the neighbours' noise."""
    return os.getloadavg()[0]


def _still() -> dict[int, tuple[int, float]]:
    """Every process, at a moment when none ended: its time is then its own or its parent's."""
    before, after = dict(_processes()), dict(_processes())
    while before.keys() - after.keys():
        before, after = after, dict(_processes())
    return after


def _families(processes: Mapping[int, tuple[int, float]]) -> dict[int, list[int]]:
    """Parent -> children."""
    below: dict[int, list[int]] = {}
    for pid, (parent, _) in processes.items():
        below.setdefault(parent, []).append(pid)
    return below


def _tree(root: int, below: Mapping[int, Sequence[int]]) -> Iterator[int]:
    yield root
    for child in below.get(root, ()):
        yield from _tree(child, below)


def _processes() -> Iterator[tuple[int, tuple[int, float]]]:
    """(pid, (parent, CPU seconds with those of children that ended and were waited for))."""
    for entry in _PROC.iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            stat = (entry / "stat").read_text()
        except OSError:  # it ended while we looked
            continue
        fields = stat.rpartition(")")[2].split()  # the name before it may hold anything
        ticks = sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
        yield int(entry.name), (int(fields[1]), ticks * TICK)


def _high_water(pid: int) -> float:
    try:
        status = (_PROC / str(pid) / "status").read_text()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(found[0]) / 1024 if found else 0.0
