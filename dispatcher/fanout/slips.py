"""Slips: who of a convoy was asked for at the carrier, kept where it outlives a killed worker.

The cursor moves before the carrier is asked, so a dead worker leaves up to half a second's messages
behind it of which the ledger cannot say whether they were asked for. Its slip says it: whoever
sweeps on the same machine tells in the dead worker's name what is unknown, and that the others were
never on the wire. They wait again at once, and the lease need not run out.

A slip is a help and never the truth. Where there is none (another machine, no room for it) the
lease runs out and the whole window is unknown. It counts only for as long as the machine runs: what
a crash of the machine leaves of a file may be older than what was sent.
"""

import contextlib
import fcntl
import json
import mmap
import os
import secrets
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Any

import structlog
from django.db import DatabaseError, connection

from dispatcher.fanout.threads import AWAY
from dispatcher.ledger import entries
from dispatcher.ledger.entries import Claimed, Fact, Window
from dispatcher.ledger.facts import Outcome

log = structlog.get_logger(__name__)

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MEMORY = Path("/dev/shm")  # noqa: S108  # memory: a mark there waits for no disk
_MARK = b"1"
_HALF = 60.0
"""Seconds after which a slip that was never finished being written is thrown away."""
_PAUSE = 1.0
"""Seconds for which those wait who were not asked for: a message that kills its worker at once must
not keep the next one from its work."""
_SILENT = Outcome.unsure("lease_lost")
_UNASKED = Outcome.unasked("lease_lost", seconds=_PAUSE)

Going = Sequence[tuple[Claimed, int]]
"""Batches, and how many of each go now."""


@dataclass(slots=True)
class Slip:
    """One convoy's, locked for as long as its worker lives. An empty one keeps nothing."""

    path: Path | None = None
    _file: int = -1
    _places: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Batch -> where its marks begin, and the first index that goes."""
    _memory: mmap.mmap | None = None
    """The slip's pages where they lie in memory: a mark there is no system call."""

    def moved(self, batches: Collection[int]) -> None:
        """The cursors of these batches have moved."""
        for batch_id in batches:
            if batch_id in self._places:
                self._mark(self._places[batch_id][0], 1)

    def leaves(self, batch_id: int, indexes: Sequence[int]) -> None:
        """These people of a batch are asked for now. Call before the carrier is."""
        if batch_id not in self._places:
            return
        place, first = self._places[batch_id]
        if len(indexes) == 1:  # of an SMS or a push always
            self._mark(place + 1 + indexes[0] - first, 1)
            return
        least = min(indexes)
        if max(indexes) - least == len(indexes) - 1:
            self._mark(place + 1 + least - first, len(indexes))
        else:
            for index in indexes:
                self._mark(place + 1 + index - first, 1)

    def _mark(self, place: int, many: int) -> None:
        if self._memory is not None:
            self._memory[place : place + many] = _MARK * many
            return
        try:
            os.pwrite(self._file, _MARK * many, place)
        except OSError:  # a slip that is not true must not be found
            self.close()

    def close(self) -> None:
        """The ledger has the facts: the slip is not needed any more."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
            if self._memory is not None:
                self._memory.close()
            os.close(self._file)
            self.path, self._places, self._memory = None, {}, None


def lay(going: Going) -> Slip:
    """A slip for a convoy, before its cursors move; an empty one where it cannot be kept."""
    place = _place()
    if place is None:
        return Slip()
    head = json.dumps([_boot(), [[*_told(batch), n] for batch, n in going]]).encode() + b"\n"
    starts = accumulate((1 + n for _, n in going), initial=len(head))
    slip = Slip(place / secrets.token_hex(8))
    try:
        slip._file = os.open(str(slip.path), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)  # noqa: SLF001
    except OSError:
        return Slip()
    slip._places = {  # noqa: SLF001
        batch.id: (start, batch.cursor) for (batch, _), start in zip(going, starts, strict=False)
    }
    try:
        fcntl.flock(slip._file, fcntl.LOCK_EX)  # noqa: SLF001
        os.write(slip._file, head + b"0" * sum(1 + n for _, n in going))  # noqa: SLF001
        if place.parent == _MEMORY:  # on a disk that is full, writing to such a page is a signal
            slip._memory = mmap.mmap(slip._file, 0)  # noqa: SLF001
    except OSError:
        slip.close()
    return slip


def speak_for_the_dead() -> int:
    """Tell the ledger what dead workers' slips say; how many batches were spoken of.

    Only of those whose lease nobody has taken over: what is already unknown stays so.
    """
    place, spoken = _place(), 0
    for path in sorted(place.iterdir()) if place else []:
        with _orphan(path) as slip:
            if slip is None:
                continue
            spoken += _speak(_read(slip))
            path.unlink(missing_ok=True)
    return spoken


def _speak(windows: Sequence[Window]) -> int:
    try:
        ours = entries.heartbeat([window.batch for window in windows]) if windows else set()
        held = [window for window in windows if window.batch.id in ours]
        if held:
            entries.record(held)
            log.warning("spoke_for_the_dead", batches=[window.batch.id for window in held])
    except AWAY:
        raise
    except DatabaseError:  # the lease runs out, and the sweep calls all of it unknown
        log.exception("slip_not_recorded")
        return 0
    return len(held)


@contextlib.contextmanager
def _orphan(path: Path) -> Iterator[bytes | None]:
    """What a slip says whose worker is dead; None while it lives, or when nothing is to be said."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        yield None
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        said = Path(f"/proc/self/fd/{file}").read_bytes()
        old = time.time() - os.fstat(file).st_mtime > _HALF
        yield said if b"\n" in said or old else None
    except BlockingIOError:
        yield None
    finally:
        os.close(file)


def _read(said: bytes) -> list[Window]:
    """The windows whose cursor had moved, with what is known of each person."""
    head, _, marks = said.partition(b"\n")
    try:
        boot, going = json.loads(head)
        windows = [(Claimed(*told[:-1]), int(told[-1])) for told in going]
    except (ValueError, TypeError):
        return []
    if boot != _boot() or len(marks) != sum(1 + n for _, n in windows):
        return []
    read, start = [], 0
    for batch, n in windows:
        moved, asked = marks[start : start + 1] == _MARK, marks[start + 1 : start + 1 + n]
        start += 1 + n
        if moved:
            read.append(Window(batch, [_fact(batch, i, asked) for i in range(n)]))
    return read


def _fact(batch: Claimed, i: int, asked: bytes) -> Fact:
    outcome = _SILENT if asked[i : i + 1] == _MARK else _UNASKED
    return Fact(batch.cursor + i, outcome, batch.account)


def _told(batch: Claimed) -> list[Any]:
    return [getattr(batch, each.name) for each in fields(Claimed)]


@cache
def _boot() -> str:
    """Which run of this machine it is; "" where the kernel does not say."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _place() -> Path | None:
    """The slips of this machine for this database; None where none can be kept."""
    told = connection.settings_dict
    which = "|".join(str(told[name]) for name in ("HOST", "PORT", "NAME"))
    name = f"dispatcher-slips-{os.geteuid()}-{sha256(which.encode()).hexdigest()[:12]}"
    place = (_MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())) / name
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        ours = place.lstat()
    except OSError:
        return None
    return place if _boot() and place.is_dir() and ours.st_uid == os.geteuid() else None
