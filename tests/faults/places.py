"""What a harness has for itself alone: its directory, its small disk, its ports."""

import fcntl
import os
import random
import shutil
import subprocess
import tempfile
from pathlib import Path

from dispatcher.kit.local import home as ours

PREFIX = "dispatcher-faults-"
DISK = "4g"
"""Most that the small disk may hold; memory is used only for what lies on it."""
LOWEST, HIGHEST = 20_000, 32_000
"""Below the ephemeral range: no outgoing connection is ever given one of these ports."""


class Ports:
    """Ports of loopback that no other harness on this machine is given while this process lives.

    That nothing listens on a port says little: between the look and the listening of a program
    that takes seconds to start, another harness would look, too. So each port is a byte of one
    file, and the kernel keeps the lock on it for as long as the process lives.
    """

    _file = -1
    _taken: frozenset[int] = frozenset()

    @classmethod
    def take(cls) -> int:
        """A port of our own."""
        if cls._file < 0:
            place = Path(tempfile.gettempdir()) / f"dispatcher-ports-{os.geteuid()}"
            cls._file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        chance = random.SystemRandom()
        while True:
            wanted = chance.randrange(LOWEST, HIGHEST)
            if wanted in cls._taken or not cls._lock(wanted):
                continue
            if ours.free_port(wanted) == wanted:
                cls._taken |= {wanted}
                return wanted

    @classmethod
    def _lock(cls, wanted: int) -> bool:
        try:
            fcntl.lockf(cls._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, wanted)
        except OSError:
            return False
        return True


class SmallDisk:
    """A tmpfs under the home that can be full at a word, where this machine permits a mount."""

    def __init__(self, home: Path) -> None:
        self._home = home
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700", "tmpfs", str(home)],
            capture_output=True,
            text=True,
            check=False,
        ) if shutil.which("mount") else None  # fmt: skip
        self.refusal = "" if mounted and mounted.returncode == 0 else _why(mounted)

    def fill(self, *, spare: int = 64 * 1024) -> None:
        """From now on only `spare` bytes more find room: the disk shrinks to what it holds."""
        usage = os.statvfs(self._home)
        used = (usage.f_blocks - usage.f_bfree) * usage.f_frsize
        self._resize(f"{used + spare}")

    def free(self) -> None:
        """There is room again."""
        if not self.refusal and os.path.ismount(self._home):
            self._resize(DISK)

    def _resize(self, size: str) -> None:
        subprocess.run(
            ["mount", "-o", f"remount,size={size}", str(self._home)],
            check=True,
            capture_output=True,
        )


def _why(mounted: "subprocess.CompletedProcess[str] | None") -> str:
    return (mounted.stderr.strip() if mounted else "") or "there is no mount(8) here"


def sweep() -> None:
    """Remove what harnesses that were killed left in the temporary directory."""
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if old.stat().st_uid == os.geteuid() and not ours.held(old / "home"):
            lock = old / "home" / "lock"
            if lock.exists():
                remove(old)


def remove(base: Path) -> None:
    """The directory with all that is in it, and the disk that is mounted there."""
    if os.path.ismount(base / "home"):
        subprocess.run(["umount", "-l", str(base / "home")], check=False, capture_output=True)
    shutil.rmtree(base, ignore_errors=True)
