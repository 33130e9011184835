"""The directory that is ours alone: who holds it, its secrets, its ports, and where data lies."""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import socket
import time
from pathlib import Path

from dispatcher.kit.errors import Refused
from dispatcher.kit.local.account import Account, reaches

ELSEWHERE = Path("/var/lib/crisis-dispatcher")
"""Where root keeps the servers' data when their account cannot walk to the home (as in /root)."""


def make(home: Path, account: Account | None) -> None:
    """Create the home, for us alone (0700); the servers' account may only pass through (0710).

    Raises Refused("local.not_ours") for a directory that belongs to another user.
    """
    if home.exists() and home.stat().st_uid != os.geteuid():
        raise Refused("local.not_ours", home=str(home), owner=home.owner())
    missing = [path for path in (home, *home.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)
        _let_pass(path, account)
    home.chmod(0o700)
    _let_pass(home, account)


def _let_pass(directory: Path, account: Account | None) -> None:
    if account:
        os.chown(directory, 0, account.gid)
        directory.chmod(0o710)


def place_for_servers(home: Path, account: Account | None) -> Path:
    """Where the servers' data lies: the home, or `ELSEWHERE` when root's servers cannot get there.

    The choice is remembered by a link in the home. Data that lie in the home are never left for an
    empty place: raises Refused("local.unreachable") when a directory above was closed since.
    """
    link = home / "elsewhere"
    if link.is_symlink():
        return link.resolve()
    if account is None or reaches(account, home / "any"):
        return home
    if (home / "postgres").exists():
        raise Refused("local.unreachable", account=account.name, path=str(home / "postgres"))
    place = ELSEWHERE / hashlib.sha256(str(home).encode()).hexdigest()[:12]
    for path in (ELSEWHERE, place):
        path.mkdir(mode=0o710, parents=True, exist_ok=True)
        _let_pass(path, account)
    link.symlink_to(place)
    return place


def write(path: Path, text: str) -> None:
    """Replace a file of ours at once, readable by us alone."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    beside.replace(path)


def secret(home: Path, name: str) -> str:
    """A random secret, made when it is first asked for and the same ever after."""
    path = home / "secrets" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        beside = path.with_name(f".{name}.{secrets.token_hex(4)}")
        write(beside, secrets.token_urlsafe(32))
        with contextlib.suppress(FileExistsError):  # another process was first: its secret stands
            path.hardlink_to(beside)
        beside.unlink()
    return path.read_text(encoding="utf-8").strip()


def free_port(preferred: int = 0) -> int:
    """`preferred` when nothing listens there on loopback, else one that the system picks."""
    for wanted in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Refused("local.no_port")


def port(home: Path, name: str) -> int:
    """The server's port: that of the last time when it is still free. Recorded."""
    path = home / "ports.json"
    known: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    known[name] = free_port(known.get(name, 0))
    write(path, json.dumps(known))
    return known[name]


def last_line(log: Path) -> str:
    """The last that a server said, for an error that names its log; "" when it said nothing."""
    told = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
    return next((line.strip()[:300] for line in reversed(told) if line.strip()), "")


class Hold:
    """The right to run servers on a home: one process at a time has it, and loses it when it dies.

    A lock of the kernel (flock), so that kill -9 leaves nothing behind to be cleaned.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / "lock"
        self._file = -1

    def take(self) -> None:
        """Hold the home. Raises Refused("local.running") with the holder's pid."""
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        for wait in (0.05, 0.1, 0.2, None):  # `held` below takes it for a moment, too
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if wait is None:
                    self.release()
                    home = self._path.parent
                    raise Refused("local.running", pid=holder(home), home=str(home)) from None
                time.sleep(wait)
        os.truncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let go."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def holder(home: Path) -> str:
    """The process that holds the home, or that held it last; "?" when there was none."""
    path = home / "lock"
    return (path.read_text(encoding="ascii") if path.exists() else "") or "?"


def held(home: Path) -> bool:
    """Whether a living process runs servers on this home."""
    try:
        file = os.open(home / "lock", os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False
