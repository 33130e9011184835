"""Who runs on this machine, as the kernel tells it: parents, children, parts of the installation."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PRESSURE = Path("/proc/pressure/cpu")


@dataclass(frozen=True, slots=True)
class Process:
    """One process: its parent's pid and what it was called with."""

    parent: int
    arguments: tuple[str, ...]


def processes() -> dict[int, Process]:
    """All processes of this machine that we may look at, by pid; zombies left out."""
    seen = {}
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            status = (place / "stat").read_text().rpartition(")")[2].split()
            line = (place / "cmdline").read_bytes().decode(errors="replace")
            if status[0] != "Z":
                seen[int(place.name)] = Process(
                    int(status[1]), tuple(line.rstrip("\0").split("\0"))
                )
    return seen


def below(pid: int, table: dict[int, Process]) -> Iterator[int]:
    """Children, their children, and so on."""
    for one, told in table.items():
        if told.parent == pid:
            yield one
            yield from below(one, table)


def part(told: Process) -> str:
    """Which part of the installation a child of the supervisor is; "" for a chore."""
    words, program = set(told.arguments), Path(told.arguments[0]).name
    if "-Q" in words:
        return f"worker-{told.arguments[told.arguments.index('-Q') + 1]}"
    if "granian" in words:
        return "door" if "dispatcher.conf.door:application" in words else "web"
    if "beat" in words:
        return "beat"
    return next(
        (name for name in ("postgres", "valkey", "redis") if program.startswith(name)), ""
    ).replace("redis", "valkey")


def waited() -> float:
    """Seconds since boot in which somebody on this machine waited for a processor.

    0.0 where the kernel does not count them (/proc/pressure).
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(_PRESSURE.read_text().split("total=")[1].split()[0]) / 1e6
    return 0.0
