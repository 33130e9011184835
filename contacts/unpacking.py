"""A program of its own that reads one workbook: `python -IB unpacking.py MEMORY SECONDS < book`.

`contacts.workbooks` starts it, so that what a workbook made to burst takes is taken from a process
that nobody misses. It limits itself before it reads a byte, then writes a line of JSON for each
row, a last line `null`; or one line with a code and its facts. It imports nothing of ours.
"""

import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

_BLOCK: Final = 1 << 20
# Ten times a sheet of 100,000 rows; beyond it, a zip made to burst.
LARGEST: Final = 1 << 30
# The densest honest sheet that was seen, a column of one word, packs 60 bytes into one.
_RATIO: Final = 250
_ALWAYS: Final = 8 << 20
"""Bytes below which nobody asks how well a part was packed."""
# The reader lays a sheet out as a rectangle, up to its last cell: one cell in the last corner of an
# empty sheet would be 17 thousand million. A million people of thirty columns are thirty million.
_CELL: Final = 16
_PLACE: Final = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,3})\$?(\d{1,10})""")


class Wrong(Exception):  # noqa: N818  (it is an answer, not a fault)
    """Why a workbook is not read: a code and its facts."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.told = {"code": code, "facts": facts}


def limit(memory: int, seconds: int) -> None:
    """So many bytes of address space, so many seconds of a processor, no file, no core.

    Where the whole machine has no memory left, this process is the one that the kernel ends.
    """
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    if sys.platform != "darwin":  # there the call fails, and nothing would be read at all
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def rows(stream: BinaryIO) -> Iterator[list[str]]:
    """The first sheet; every cell as a person would type it. Raises Wrong."""
    from python_calamine import CalamineError, CalamineWorkbook  # within the limits

    refuse_bomb(stream)
    try:
        book = CalamineWorkbook.from_filelike(stream)
        sheet = book.get_sheet_by_index(0) if book.sheet_names else None
    except CalamineError as reason:
        raise Wrong("contacts.file_broken", why=str(reason)) from None
    if sheet is None or sheet.start is None:
        return
    before = [""] * sheet.start[1]
    for row in sheet.iter_rows():
        yield [*before, *(typed(cell) for cell in row)]


def refuse_bomb(stream: BinaryIO) -> None:
    """A zip that is no workbook, or one that would not fit. Raises Wrong."""
    try:
        with zipfile.ZipFile(stream) as packed:
            names = packed.namelist()
            size = sum(part.file_size for part in packed.infolist())
            if size <= LARGEST:
                _refuse_dense(packed)
                size = max(size, _CELL * _rectangle(packed))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as reason:
        raise Wrong("contacts.file_broken", why=str(reason)) from None
    if "xl/workbook.xml" not in names:
        raise Wrong("contacts.file_kind", kind="ZIP")
    if size > LARGEST:
        raise Wrong("contacts.file_large", size=size, most=LARGEST)
    stream.seek(0)


def _refuse_dense(packed: zipfile.ZipFile) -> None:
    """Nobody's table repeats itself as much as a bomb does."""
    for part in packed.infolist():
        if part.file_size > max(_ALWAYS, _RATIO * part.compress_size):
            raise Wrong("contacts.file_large", size=part.file_size, most=_ALWAYS)


def _rectangle(packed: zipfile.ZipFile) -> int:
    """Cells of the rectangle up to the last cell that any part of a workbook names."""
    columns, lines = set(), 1
    for part in packed.infolist():
        with packed.open(part) as file:
            rest = b""
            while block := file.read(_BLOCK):
                text = (rest + block).replace(b"\x00", b"")  # UTF-16 looks like ASCII then
                for letters, line in _PLACE.findall(text):
                    columns.add(letters.upper())
                    lines = max(lines, int(line))
                rest = text[-40:]
    return lines * max(map(_nth, columns), default=1)


def _nth(letters: bytes) -> int:
    """A is 1, Z 26, AA 27."""
    nth = 0
    for letter in letters:
        nth = nth * 26 + letter - 64
    return max(nth, 1)


def typed(cell: Any) -> str:
    """A spreadsheet keeps phone numbers as floats and days as dates."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() | date():
            return cell.isoformat()
        case _:
            return str(cell)


def main() -> int:
    """Read standard input, which must be a file; 0 when all was said, also a refusal."""
    limit(int(sys.argv[1]), int(sys.argv[2]))
    say = sys.stdout.write
    try:
        for row in rows(sys.stdin.buffer):
            say(json.dumps(row) + "\n")
        say("null\n")
    except Wrong as wrong:
        say(json.dumps(wrong.told) + "\n")
    except MemoryError:
        return HUNGRY
    return 0


HUNGRY: Final = 75
"""The exit code of who was refused memory and could still say so."""

if __name__ == "__main__":
    sys.exit(main())
