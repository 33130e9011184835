"""Ends a program when the one that started it ends, also by kill -9: run as a file, it becomes it.

    python leash.py PARENT_PID SIGNAL UID:GID|- PROGRAM [ARGUMENT ...]

On Linux the kernel sends SIGNAL to PROGRAM when the starting *thread* ends (PR_SET_PDEATHSIG), so
start children from a thread that lives as long as they shall: the main one. The setting is lost
when the user id changes; therefore the id is changed here, first. Elsewhere this process stays and
watches the parent. It imports nothing of the house, so that it starts in 20 ms.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1


def _become(account: str) -> None:
    """Give up root for `uid:gid`; "-" changes nothing."""
    if account != "-":
        uid, gid = map(int, account.split(":"))
        os.setgroups([gid])
        os.setgid(gid)
        os.setuid(uid)


def _watch(parent: int, ending: int, command: list[str]) -> int:
    """Where the kernel cannot: run the command and look for the parent each half second."""
    with subprocess.Popen(command) as child:
        for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
            signal.signal(asked, lambda number, _frame: child.send_signal(number))
        while child.poll() is None:
            if os.getppid() != parent:
                child.send_signal(ending)
                child.wait()
            time.sleep(0.5)
        return child.returncode


def main(arguments: list[str]) -> int:
    """Become the command, tied to the parent; returns only where the kernel cannot tie."""
    parent, ending = int(arguments[0]), int(arguments[1])
    _become(arguments[2])
    command = arguments[3:]
    if not sys.platform.startswith("linux"):
        return _watch(parent, ending, command)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, ending)
    if os.getppid() == parent:  # else it ended before the tie was made
        os.execv(command[0], command)  # noqa: S606  # a list of arguments that we made ourselves
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
