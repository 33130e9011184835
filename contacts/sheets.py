"""A file that somebody saved -> rows of text, and what it was taken for: no silent guess."""

import codecs
import csv
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from charset_normalizer import from_bytes

from contacts import workbooks
from contacts.errors import Refused
from contacts.workbooks import Limits

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
    limits: Limits = workbooks.PEOPLE,
) -> Iterator[Sheet]:
    """A sheet to read once, row by row.

    `weigh` counts the headings that a row has: the delimiter under which it finds most is taken.
    `encoding` and `delimiter` overrule what is detected; `limits` are those of a workbook, which a
    child process reads. Raises `contacts.file_*`; what is wrong further down, and all that is
    wrong with a workbook, only while rows are read.
    """
    with _rewindable(source) as stream:
        head = stream.read(_SAMPLE)
        _refuse_binary(head)
        stream.seek(0)
        if head.startswith(_ZIP):
            with closing(workbooks.rows(stream, limits=limits)) as rows:
                yield Sheet("xlsx", "", "", rows)
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
        rows = csv.reader(io.StringIO(first), delimiter=mark)
        try:
            return max(map(weigh, rows), default=0)
        except csv.Error:  # a cell of more than 128 kB; whoever reads the rows says where
            return 0

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
