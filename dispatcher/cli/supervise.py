"""Programs kept running side by side: started in order, started again when they die, stopped."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dispatcher.kit import queues
from dispatcher.kit.errors import Refused
from dispatcher.kit.local import child

LONGEST_PAUSE = 5.0  # seconds between two starts of a program that keeps dying; work that waits
# must move again within 15 s of any death, also of the fifth in a minute
SETTLED = 60.0  # seconds after which a program counts as sound again
SENDERS = max(1, (os.cpu_count() or 2) - 1)
"""Children of a sending lane. One event loop feeds hundreds of connections; a second one on two
cores cost 690 instead of 430 microseconds of CPU a message, at the same rate."""
PROCESSES = {
    queues.CRITICAL: SENDERS,
    queues.ROUTINE: SENDERS,
    queues.RECEIPTS: 1,
    queues.HOUSEKEEPING: 2,  # one may walk over a million rows while the other sweeps
}
"""Children of each lane's worker on a single host; each runs one event loop."""


@dataclass(frozen=True, slots=True)
class Part:
    """One program: `ending` asks it to stop, and is what it gets when we are killed."""

    name: str
    command: tuple[str, ...]
    ending: signal.Signals = signal.SIGTERM
    patience: float = 15.0
    """Seconds that it may take to stop before it is killed."""
    forks: bool = False
    """It has children that would outlive it for good when it is killed: granian's served on beside
    their successors, on the same port, with the addresses of servers that had long gone."""


def python(*arguments: str) -> tuple[str, ...]:
    """A command of this Python."""
    return (sys.executable, *arguments)


def web(*, host: str, port: int, workers: int = 2) -> Part:
    """The web process: granian in WSGI mode."""
    return Part(
        "web",
        python(
            *("-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
            *("--workers", str(workers), "--no-ws", "--workers-kill-timeout", "10"),
            *("--blocking-threads", "24"),  # receipts that come together are committed together
            *("--respawn-failed-workers", "dispatcher.conf.wsgi:application"),
        ),
        forks=True,
    )


def door(*, host: str, port: int, workers: int = 1) -> Part:
    """The receipts' door: granian in RSGI mode, one event loop a worker.

    A head that takes longer than ten seconds is cut off (the door itself limits bodies); thousands
    may wait, because the door says 503 by itself long before.
    """
    return Part(
        "door",
        python(
            *("-m", "granian", "--interface", "rsgi", "--host", host, "--port", str(port)),
            *("--workers", str(workers), "--loop", "uvloop", "--http", "1", "--no-ws"),
            *("--backlog", "4096", "--backpressure", "4096"),
            *("--http1-header-read-timeout", "10000", "--workers-kill-timeout", "10"),
            *("--respawn-failed-workers", "dispatcher.conf.door:application"),
        ),
        forks=True,
    )


def worker(lane: str) -> Part:
    """The Celery worker of one lane."""
    return Part(
        f"worker-{lane}",
        python(
            *("-m", "celery", "-A", "dispatcher.conf.celery", "worker", "-Q", lane),
            *("-n", f"{lane}@%h", "-c", str(PROCESSES[lane])),
            *("--without-gossip", "--without-mingle"),
        ),
        patience=40.0,  # a task rings again after 30 s
    )


def beat() -> Part:
    """The clock that rings the sweep."""
    return Part("beat", python("-m", "celery", "-A", "dispatcher.conf.celery", "beat"))


def sandbox(*, port: int, hooks_url: str, state: Path) -> Part:
    """The carriers' stand-in; its receipts and replies go to our door."""
    return Part(
        "sandbox",
        python(
            *("-m", "dispatcher.sandbox", "--port", str(port), "--state", str(state)),
            *("--events-url", f"{hooks_url}/hooks/sendgrid", "--receipts-via", hooks_url),
        ),
    )


class _Running:
    """One part's process and how often it had to be started."""

    def __init__(self, part: Part, process: subprocess.Popen[bytes]) -> None:
        self.part = part
        self.process = process
        self.since = time.monotonic()
        self.starts = 1
        self.again_at = 0.0


def _bury(one: _Running) -> None:
    """End the children that a dead part has left; each part is a process group of its own."""
    if one.part.forks:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(one.process.pid, signal.SIGKILL)


class Group:
    """Programs that live and end together with this process, also when it is killed.

    Call everything from the main thread (the kernel ties a child to the thread that started it).
    Each program writes to `logs/<name>.log`.
    """

    def __init__(self, *, logs: Path, environ: Mapping[str, str]) -> None:
        self._logs = logs
        self._environ = environ
        self._running: list[_Running] = []
        self._chores: dict[str, subprocess.Popen[bytes]] = {}
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)

    def start(self, *parts: Part) -> None:
        """Start the parts; they are stopped in the reverse order."""
        for part in parts:
            self._running.append(_Running(part, self._launch(part)))

    def _launch(self, part: Part) -> subprocess.Popen[bytes]:
        return child.start(
            part.command, log=self.log(part.name), ending=part.ending, environ=self._environ
        )

    def log(self, name: str) -> Path:
        """Where the part writes."""
        return self._logs / f"{name}.log"

    def begin(self, name: str, command: Sequence[str]) -> None:
        """Start a chore, which ends by itself; `finish` waits for it, `stop` ends it."""
        self._chores[name] = child.start(
            command, log=self.log(name), ending=signal.SIGTERM, environ=self._environ
        )

    def finish(self, name: str, *, within: float = 300) -> None:
        """Wait for a chore. Raises Refused("up.chore_failed") with its log."""
        try:
            code = self._chores[name].wait(within)
        except subprocess.TimeoutExpired:
            code = 1
        if code:
            raise Refused("up.chore_failed", name=name, log=str(self.log(name)))

    def tend(self) -> list[str]:
        """Start again what has died, with growing pauses; the names of what was started."""
        now = time.monotonic()
        return [one.part.name for one in self._running if self._again(one, now=now)]

    def _again(self, one: _Running, *, now: float) -> bool:
        """Whether the part had died and was started again now."""
        if one.process.poll() is None:
            one.starts = 1 if now - one.since > SETTLED else one.starts
            return False
        if not one.again_at:
            _bury(one)
            one.again_at = now + min(2.0 ** (one.starts - 1), LONGEST_PAUSE)
        if now < one.again_at:
            return False
        one.process, one.since, one.again_at = self._launch(one.part), now, 0.0
        one.starts += 1
        return True

    def wait(self, check: Callable[[], bool], *, name: str, within: float = 60) -> None:
        """Until `check` is true. Raises Refused: up.part_died, up.part_slow, with the log."""
        deadline = time.monotonic() + within
        while not check():
            for one in self._running:
                if one.part.name == name and one.process.poll() is not None:
                    raise Refused("up.part_died", name=name, log=str(self.log(name)))
            if time.monotonic() > deadline:
                raise Refused("up.part_slow", name=name, log=str(self.log(name)))
            time.sleep(0.1)

    @property
    def pids(self) -> dict[str, int]:
        """Part's name -> its process."""
        return {one.part.name: one.process.pid for one in self._running}

    def stop(self) -> None:
        """Ask all to end, the last started first; kill those who take too long."""
        for chore in self._chores.values():
            child.stop(chore, steps=((signal.SIGTERM, 5),))
        living = [one for one in reversed(self._running) if one.process.poll() is None]
        for one in self._running:
            if one not in living:
                _bury(one)
        for one in living:
            one.process.send_signal(one.part.ending)
        for one in living:
            try:
                one.process.wait(one.part.patience)
            except subprocess.TimeoutExpired:
                one.process.kill()
                one.process.wait()
        self._running.clear()

    def kill(self) -> None:
        """End all at once: for a second Ctrl-C."""
        for one in self._running:
            one.process.kill()
        self.stop()
