"""A program that we start, tied to us: it ends when we end, and we can ask it to."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dispatcher.kit.local.account import Account

LEASH = Path(__file__).with_name("leash.py")


def start(
    command: Sequence[str],
    *,
    log: Path | None,
    ending: signal.Signals,
    account: Account | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """The running program: output appended to `log` (None: ours), `ending` when we are gone.

    A session of its own keeps the terminal's Ctrl-C from it: we stop our children in order.
    `command[0]` is an absolute path. Call from the main thread (see `leash`).
    """
    who = f"{account.uid}:{account.gid}" if account else "-"
    leash = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(int(ending)), who]
    out = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            [*leash, *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT if out else None,
            env=environ,
            cwd=cwd,
            start_new_session=True,
        )
    finally:
        if out:
            out.close()


def stop(process: subprocess.Popen[bytes], *, steps: Sequence[tuple[signal.Signals, float]]) -> int:
    """Ask with each signal in turn, waiting its seconds; kill at last. The exit code."""
    for asked, seconds in steps:
        if process.poll() is not None:
            break
        process.send_signal(asked)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    return process.wait()
