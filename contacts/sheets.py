"""A file that somebody saved -> rows of text, and what it was taken for: no silent guess."""

import codecs
import csv
import io
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from charset_normalizer import from_bytes
from python_calamine import CalamineError, CalamineWorkbook

from contacts.errors import Refused

Row = tuple[int, list[str]]
DELIMITERS: Final = (",", ";", "\t", "|")

_MAGIC: Final = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"{\\rtf": "RTF",
    b"\x1f\x8b": "GZIP",
    b"7z\xbc\xaf": "7Z",
    b"SQLite format 3": "SQLite",
    b"PAR1": "Parquet",
    b"<!DO": "HTML",
    b"<htm": "HTML",
}
_ZIP: Final = b"PK\x03\x04"
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What spreadsheets save when they do not save Unicode, most frequent first; the second row is
# asked only when none of the first fits, because short texts fit too many.
_LEGACY: Final = (["cp1252", "cp1256", "cp932", "gb18030"], ["cp1251", "big5"])
# Read as cp1252, Turkish has the letters of Icelandic. There are 85 million readers of Turkish.
_TURKISH: Final = frozenset("ýþðÝÞÐ")
_BLOCK: Final = 1 << 20
_SAMPLE: Final = 1 << 16
# Ten times a sheet of 100,000 rows; beyond it, a zip made to burst.
_LARGEST_XLSX: Final = 1 << 30
# The reader lays a sheet out as a rectangle, up to its last cell: one cell in the last corner of an
# empty sheet would be 17 thousand million. A million people of thirty columns are thirty million.
_CELL: Final = 16
_PLACE: Final = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,3})\$?(\d{1,10})""")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file was taken for, and its rows with the lines on which they begin (from 1).

    `kind` is csv or xlsx; `encoding` and `delimiter` are '' for xlsx.
    """

    kind: str
    encoding: str
    delimiter: str
    rows: Iterator[Row]


@contextmanager
def opened(
    source: Path | BinaryIO,
    *,
    weigh: Callable[[list[str]], int],
    encoding: str = "",
    delimiter: str = "",
) -> Iterator[Sheet]:
    """A sheet to read once, row by row.

    `weigh` counts the headings that a row has: the delimiter under which it finds most is taken.
    `encoding` and `delimiter` overrule what is detected. Raises `contacts.file_*`, the last of
    them (`file_undecodable`, `file_quote`) only while rows are read.
    """
    with _rewindable(source) as stream:
        head = stream.read(_SAMPLE)
        _refuse_binary(head)
        stream.seek(0)
        if head.startswith(_ZIP):
            yield Sheet("xlsx", "", "", _xlsx_rows(stream))
            return
        found = _known(encoding) if encoding else detect(stream)
        text = io.TextIOWrapper(stream, found, errors="strict", newline="")
        try:
            mark = delimiter or _delimiter(_first(text, found), weigh)
            text.seek(0)
            yield Sheet("csv", found, mark, _csv_rows(text, mark, found))
        finally:
            text.detach()


@contextmanager
def _rewindable(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    """The bytes, from the start, as often as needed; a pipe is spooled to disk."""
    if isinstance(source, Path):
        try:
            stream = source.open("rb")
        except OSError as reason:
            why = reason.strerror or ""
            raise Refused("contacts.file_unreadable", file=source.name, why=why) from None
        with stream:
            yield stream
    elif source.seekable():
        source.seek(0)
        yield source
    else:
        with tempfile.TemporaryFile() as spool:
            shutil.copyfileobj(source, spool)
            spool.seek(0)
            yield spool


def _refuse_binary(head: bytes) -> None:
    """Known kinds of file that are no table, by their first bytes."""
    if not head.strip(b"\x00 \t\r\n"):
        raise Refused("contacts.file_empty")
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            raise Refused("contacts.file_kind", kind=kind)


def detect(stream: BinaryIO) -> str:
    """The encoding of a stream: by its mark, else UTF-8 if it all is, else the likeliest.

    Leaves the stream at its start. Raises `contacts.file_kind` (bytes that are no text) or
    `contacts.file_encoding` (text that nothing known explains).
    """
    head = stream.read(_SAMPLE)
    stream.seek(0)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if b"\x00" in head:
        return _utf16(head)
    found = "utf-8" if _is_utf8(stream) else ""
    stream.seek(0)
    if not found:
        found = _legacy(_telling(stream))
        stream.seek(0)
    return found


def _utf16(head: bytes) -> str:
    """UTF-16 without its mark: the zero halves of Latin letters and commas say which."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = head[: len(head) // 2 * 2].decode(name)
    except UnicodeDecodeError:
        raise Refused("contacts.file_kind", kind="binary") from None
    if (even and odd and min(even, odd) * 10 > max(even, odd)) or "\x00" in text:
        raise Refused("contacts.file_kind", kind="binary")
    return name


def _is_utf8(stream: BinaryIO) -> bool:
    """Whether all of it is, to the last byte."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        while block := stream.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _telling(stream: BinaryIO) -> bytes:
    """The lines that are not plain ASCII, as many as a detector needs."""
    held: list[bytes] = []
    size = 0
    for line in stream:
        if not line.isascii():
            held.append(line)
            size += len(line)
        if size > _SAMPLE:
            break
    return b"".join(held)


def _legacy(sample: bytes) -> str:
    for group in _LEGACY:
        best = from_bytes(sample, cp_isolation=group).best()
        if best is not None and best.encoding in group:
            turkish = best.encoding == "cp1252" and _TURKISH & set(str(best))
            return "cp1254" if turkish else best.encoding
    raise Refused("contacts.file_encoding")


def _known(encoding: str) -> str:
    """An encoding that the caller names."""
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise Refused("contacts.file_encoding_unknown", encoding=encoding) from None


def _first(text: io.TextIOWrapper, encoding: str) -> str:
    """The first lines, for a look at the delimiter."""
    try:
        return "".join(line for line, _ in zip(text, range(20), strict=False))
    except UnicodeError:
        raise Refused("contacts.file_undecodable", encoding=encoding, line=1) from None


def _delimiter(first: str, weigh: Callable[[list[str]], int]) -> str:
    """The delimiter under which the most headings are known."""

    def known(mark: str) -> int:
        return max(
            (weigh(row) for row in csv.reader(io.StringIO(first), delimiter=mark)), default=0
        )

    return max(DELIMITERS, key=known)


def _csv_rows(text: io.TextIOWrapper, delimiter: str, encoding: str) -> Iterator[Row]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = 0
    try:
        for row in reader:
            yield line + 1, row
            line = reader.line_num
    except UnicodeError:
        raise Refused("contacts.file_undecodable", encoding=encoding, line=line + 1) from None
    except csv.Error as reason:
        raise Refused("contacts.file_quote", line=line + 1, why=str(reason)) from None


def _xlsx_rows(stream: BinaryIO) -> Iterator[Row]:
    """The first sheet; every cell as a person would type it."""
    _refuse_bomb(stream)
    try:
        book = CalamineWorkbook.from_filelike(stream)
        names = book.sheet_names
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False) if names else []
    except CalamineError as reason:
        raise Refused("contacts.file_broken", why=str(reason)) from None
    for line, row in enumerate(rows, 1):
        yield line, [_typed(cell) for cell in row]


def _refuse_bomb(stream: BinaryIO) -> None:
    """A zip that is no workbook, or one that would not fit."""
    try:
        with zipfile.ZipFile(stream) as packed:
            names = packed.namelist()
            size = sum(part.file_size for part in packed.infolist())
            if size <= _LARGEST_XLSX:
                size = max(size, _CELL * _rectangle(packed))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as reason:
        raise Refused("contacts.file_broken", why=str(reason)) from None
    if "xl/workbook.xml" not in names:
        raise Refused("contacts.file_kind", kind="ZIP")
    if size > _LARGEST_XLSX:
        raise Refused("contacts.file_large", size=size, most=_LARGEST_XLSX)
    stream.seek(0)


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


def _typed(cell: Any) -> str:
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
