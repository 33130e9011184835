"""A workbook is read by a child under limits: what it asks for is asked of nobody else."""

import subprocess
import threading
import zipfile
from io import BytesIO

import pytest
import xlsxwriter

from contacts import workbooks
from contacts.errors import Refused, sentence
from contacts.workbooks import Limits

MB = 1 << 20
SMALL = Limits(256 * MB, 20)


def book(*lines) -> bytes:
    """An honest workbook."""
    saved = BytesIO()
    with xlsxwriter.Workbook(saved) as made:
        page = made.add_worksheet("People")
        for number, line in enumerate(lines):
            page.write_row(number, 0, line)
    return saved.getvalue()


def forged(**parts: bytes) -> bytes:
    """An honest workbook, some of whose parts say something else."""
    saved = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(book(["a", "b"]))) as old,
        zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.get(name.rpartition("/")[2].partition(".")[0], old.read(name)))
    return saved.getvalue()


def greedy(*, cells: int, letters: int) -> bytes:
    """One long text, shared by all cells: the file is small, and each cell gets a copy."""
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    lines = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, cells + 1)
    )
    sheet = b"<worksheet %b><sheetData>%b</sheetData></worksheet>" % (space, lines)
    text = b'<sst %b count="1" uniqueCount="1"><si><t>%b</t></si></sst>' % (space, b"x" * letters)
    return forged(sheet1=sheet, sharedStrings=text)


def read(raw: bytes, limits: Limits = SMALL) -> list[tuple[int, list[str]]]:
    return list(workbooks.rows(BytesIO(raw), limits=limits))


def test_rows_come_with_their_numbers_and_empty_ones_stay():
    """A table that begins further down or further right is not moved."""
    rows = read(book([], [None, "name"], [None, "Ida\nBerg", 3]))
    assert rows == [(1, ["", "", ""]), (2, ["", "name", ""]), (3, ["", "Ida\nBerg", "3"])]
    assert read(book()) == []


def test_a_small_file_that_asks_for_all_memory_is_refused():
    """Two thousand million letters, in a file of some 100 kB; the sentence says what helps."""
    raw = greedy(cells=60_000, letters=32_000)
    assert len(raw) < MB
    with pytest.raises(Refused) as refused:
        read(raw)
    assert refused.value.code == "contacts.file_hungry"
    assert "CSV" in sentence(refused.value)


def test_a_file_that_asks_for_too_much_time_is_refused():
    """The processor's clock is the child's own."""
    with pytest.raises(Refused, match="file_hungry"):
        read(greedy(cells=1_000_000, letters=1), Limits(2048 * MB, 1))


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (forged(theme1=b" " * (40 * MB)), "contacts.file_large"),
        (forged(sheet1=b"<worksheet"), "contacts.file_broken"),
        (book(["a"])[:900], "contacts.file_broken"),
    ],
    ids=["packed too well", "no XML", "half a file"],
)
def test_what_is_no_workbook_is_refused(raw: bytes, code: str):
    """Before it is unpacked where that can be known."""
    with pytest.raises(Refused) as refused:
        read(raw)
    assert refused.value.code == code


def test_a_row_longer_than_anybody_is_refused():
    """Rows are held in this process: one may not be as large as the child may be."""
    with pytest.raises(Refused, match="file_large"):
        read(greedy_row(), Limits(1024 * MB, 30))


def greedy_row() -> bytes:
    """A row of four hundred long texts."""
    return book(["x" * 32_000 + str(n) for n in range(400)])


def test_the_child_knows_no_secret_and_ends_with_its_reader(monkeypatch):
    """It is started with an empty environment, and nobody who has seen enough waits for it."""
    started = []
    popen = subprocess.Popen

    def noted(*args, **named):
        started.append((popen(*args, **named), named["env"]))
        return started[-1][0]

    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setattr(subprocess, "Popen", noted)
    rows = workbooks.rows(BytesIO(book(*(["a"] * 50 for _ in range(2_000)))), limits=SMALL)
    assert next(rows)[0] == 1
    rows.close()
    [(child, env)] = started
    assert child.returncode is not None
    assert "DATABASE_URL" not in env


def test_it_works_beside_threads():
    """As under the web server: a new program, no fork of a process that holds locks."""
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(read(book(["a"], ["b"])))) for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert found == [[(1, ["a"]), (2, ["b"])]] * 3
