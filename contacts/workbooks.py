"""Workbooks are read by a child process under limits: a small file can ask for all memory there is.

Used by whoever takes a spreadsheet, in the web process, in a worker and on the command line. The
child is a new program, no fork: it works under threads and in Celery's own children, and knows
neither our settings nor our secrets.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Final

from contacts.errors import Refused
from contacts.unpacking import HUNGRY

_PROGRAM: Final = Path(__file__).with_name("unpacking.py")
_LONGEST: Final = 8 << 20
"""Bytes of one row: a row is held here, and nobody has a person of eight megabytes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one workbook may take."""

    memory: int
    """Bytes of address space; Python itself takes some 100 MB of it."""
    seconds: int
    """Of a processor."""


PEOPLE: Final = Limits(2 << 30, 180)
"""A registry: 100,000 people of twelve columns were read within 0.3 GB and 4 s."""
LOOK: Final = Limits(1 << 30, 60)
"""The same where somebody waits before a page, which takes 50 MB: some 300,000 people."""
WORDS: Final = Limits(384 << 20, 20)
"""Texts and terms: fifty times the largest catalogue that is shipped."""


def rows(stream: BinaryIO, *, limits: Limits) -> Generator[tuple[int, list[str]], None, None]:
    """The rows of the first sheet with their numbers, from 1, as they are read.

    Raises `contacts.file_broken`, `file_kind`, `file_large`, and `file_hungry` when a limit is hit.
    """
    with tempfile.TemporaryFile() as book:
        stream.seek(0)
        shutil.copyfileobj(stream, book)
        book.seek(0)
        with _reading(book, limits) as child:
            yield from _told(child)


@contextmanager
def _reading(book: IO[bytes], limits: Limits) -> Iterator["subprocess.Popen[bytes]"]:
    """The child; it ends with us, also when nobody wants the rest of its rows."""
    child = subprocess.Popen(  # noqa: S603  # our own program, by its path
        [sys.executable, "-IB", str(_PROGRAM), str(limits.memory), str(limits.seconds)],
        stdin=book,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # No setting, no secret; a Python of its own may need to find its libraries.
        env={name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ},
    )
    with child:
        try:
            yield child
        finally:
            child.kill()


def _told(child: "subprocess.Popen[bytes]") -> Iterator[tuple[int, list[str]]]:
    assert child.stdout is not None
    number = 0
    while line := child.stdout.readline(_LONGEST):
        if not line.endswith(b"\n"):  # too long, or cut off by the child's end
            break
        said = json.loads(line)
        if said is None:
            return
        if isinstance(said, dict):
            raise Refused(said["code"], **said["facts"])
        number += 1
        yield number, said
    if len(line) >= _LONGEST:
        raise Refused("contacts.file_large", size=len(line), most=_LONGEST)
    code = child.wait()
    if code == HUNGRY or code < 0:  # a signal: its memory or its time was over
        raise Refused("contacts.file_hungry")
    raise Refused("contacts.file_broken", why=f"exit {code}")
