"""What a file is taken for."""

import codecs
import zipfile
from datetime import date
from io import BufferedReader, BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.errors import Refused
from contacts.headings import weigher
from contacts.sheets import opened

HEADER = ["reference", "name", "phone"]
WEIGH = weigher({})
WESTERN = ["Müller", "José Peña", "Zoë Lefèvre", "Weiß", "Åberg"]
ARABIC = ["محمد العلي", "فاطمة الزهراء", "يوسف حداد", "ليلى", "عمر"]
JAPANESE = ["佐藤 花子", "山田 太郎", "スズキ イチロー", "高橋", "渡辺"]
SIMPLIFIED = ["王小明", "李娜", "张伟", "刘洋", "陈静"]
TURKISH = ["Ayşe Yılmaz", "Çağlar Öztürk", "Işıl", "Gül Şahin", "Uğur"]
RUSSIAN = ["Иван Петров", "Мария Шевченко", "Пётр", "Елена Ковальчук", "Анна"]
TRADITIONAL = ["陳小明", "林美麗", "黃志強", "張雅婷", "劉怡君"]


def table(names, *, delimiter=","):
    lines = [HEADER, *([f"p{n}", name, f"+4477009000{n:02}"] for n, name in enumerate(names))]
    return "\r\n".join(delimiter.join(line) for line in lines) + "\r\n"


def read(raw: bytes, **asked):
    """Encoding, delimiter and the second cells of a file."""
    with opened(BytesIO(raw), weigh=WEIGH, **asked) as sheet:
        return sheet.encoding, sheet.delimiter, [row[1] for _, row in sheet.rows][1:]


@pytest.mark.parametrize(
    ("names", "encoded", "taken"),
    [
        (WESTERN, "ascii", None),
        (WESTERN, "utf-8", "utf-8"),
        (JAPANESE, "utf-8", "utf-8"),
        (WESTERN, "utf-8-sig", "utf-8-sig"),
        (ARABIC, "utf-16", "utf-16"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (ARABIC, "utf-16-be", "utf-16-be"),
        (WESTERN, "cp1252", "cp1252"),
        (ARABIC, "cp1256", "cp1256"),
        (JAPANESE, "shift_jis", "cp932"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (TURKISH, "cp1254", "cp1254"),
        (RUSSIAN, "cp1251", "cp1251"),
        (TRADITIONAL, "big5", "big5"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_detected(names, encoded, taken, delimiter):
    """What people's spreadsheets produce is read as it was written, and said."""
    if taken is None:
        names, taken = ["Ann", "Bob"], "utf-8"
    raw = table(names, delimiter=delimiter).encode(encoded)
    assert read(raw) == (taken, delimiter, names)


def test_a_few_letters_in_a_long_plain_file_are_enough():
    """The one line that tells may be the last of many."""
    names = [f"Ann {n}" for n in range(20_000)] + ["Jürgen Größe"]
    encoding, _, found = read(table(names).encode("cp1252"))
    assert (encoding, found[-1]) == ("cp1252", "Jürgen Größe")


def test_what_is_detected_can_be_overruled():
    """The operator knows better."""
    raw = table(["Çağlar"]).encode("cp1254")
    assert read(raw, encoding="cp1252")[2] == ["Çaðlar"]
    assert read(b"reference;name,x\n1;a,b\n", delimiter=",")[2] == ["b"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n \r\n", "file_empty"),
        (b"%PDF-1.7 \x00", "file_kind"),
        (b"\x89PNG\r\n\x1a\n", "file_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_kind"),
        (b"\x7fELF" + bytes(range(256)), "file_kind"),
        (bytes(range(256)) * 8, "file_kind"),
        (b"PK\x03\x04 this is no zip", "file_broken"),
        (b"reference,name\n1,\xf9\xd2\x80\x8e\n", "file_encoding"),
        (b"reference,name\n1," + b"x" * 200_000, "file_quote"),
    ],
)
def test_what_is_no_table_is_refused(raw, code):
    """A PDF named people.csv is not read as one."""
    with pytest.raises(Refused) as refused:
        read(raw)
    assert refused.value.code == f"contacts.{code}"


def test_an_archive_that_is_no_workbook_is_refused():
    """A zip of something else, and a workbook that would unpack to gigabytes."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(Refused) as refused:
        read(packed.getvalue())
    assert refused.value.facts["kind"] == "ZIP"


def test_bytes_that_stop_making_sense_are_refused_with_their_line():
    """Nothing is replaced by question marks."""
    raw = table(["a"] * 3).encode() + b"x,\xff,y\r\n"
    with pytest.raises(Refused) as refused:
        read(raw, encoding="utf-8")
    assert refused.value.code == "contacts.file_undecodable"
    with pytest.raises(Refused, match="file_encoding_unknown"):
        read(raw, encoding="utf-9")


def test_a_quote_that_never_closes_is_refused_with_its_line():
    """It would swallow the rest of the file."""
    with pytest.raises(Refused) as refused:
        read(b'reference,name\n1,Ann\n2,"Bob\n3,Cid\n')
    assert refused.value.code == "contacts.file_quote"
    assert refused.value.facts["line"] == 3


def test_a_row_begins_where_its_first_line_stands():
    """Also behind a cell of two lines."""
    with opened(BytesIO(b'reference,name\n1,"An\nn"\n\n2,Bob\n'), weigh=WEIGH) as sheet:
        assert [line for line, _ in sheet.rows] == [1, 2, 4, 5]


def workbook(*rows):
    book, saved = openpyxl.Workbook(), BytesIO()
    page = book.create_sheet("People", 0)
    for row in rows:
        page.append(row)
    book.save(saved)
    return saved.getvalue()


def test_a_workbook_keeps_numbers_as_people_typed_them():
    """Phones are floats there, and days are days."""
    raw = workbook(HEADER, ["p1", True, 447700900123], ["p2", date(2026, 1, 31), 1.5], [None, None])
    with opened(BytesIO(raw), weigh=WEIGH) as sheet:
        assert sheet.kind == "xlsx"
        rows = list(sheet.rows)
    assert rows[1] == (2, ["p1", "yes", "447700900123"])
    assert rows[2] == (3, ["p2", "2026-01-31", "1.5"])


def test_a_damaged_workbook_is_refused():
    """Half a download is no workbook."""
    with pytest.raises(Refused, match="file_broken"):
        read(workbook(HEADER)[:2000])


def test_a_cell_in_the_last_corner_takes_no_memory():
    """Somebody's slip of the keyboard, or worse: the sheet would be laid out as a rectangle."""
    book, saved = openpyxl.Workbook(), BytesIO()
    page = book.create_sheet(index=0)
    page.append(HEADER)
    page["XFD1048576"] = "x"
    book.save(saved)
    with (
        pytest.raises(Refused) as refused,
        opened(BytesIO(saved.getvalue()), weigh=WEIGH) as sheet,
    ):
        next(iter(sheet.rows))
    assert refused.value.code == "contacts.file_large"


class Pipe(BufferedReader):
    """A stream that cannot go back."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise OSError


def test_a_pipe_is_read_too():
    """Standard input can be looked at only once."""
    with opened(Pipe(BytesIO(table(WESTERN).encode("cp1252"))), weigh=WEIGH) as sheet:
        assert [row[1] for _, row in sheet.rows][1:] == WESTERN


def test_a_file_that_is_not_there_is_said(tmp_path):
    """With its name and the system's reason."""
    with pytest.raises(Refused, match="file_unreadable"), opened(tmp_path / "x.csv", weigh=WEIGH):
        pass


@given(st.binary(max_size=300))
def test_whatever_bytes_come_they_are_rows_or_a_coded_error(raw):
    """Nothing that a file can hold breaks the reader."""
    try:
        read(raw + b"\n1,2,3\n", delimiter=",")
    except Refused as wrong:
        assert wrong.code.startswith("contacts.file_")  # noqa: PT017
    except IndexError:
        pass


@given(
    st.sampled_from([codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE]),
    st.binary(max_size=40),
)
def test_a_lying_mark_is_a_coded_error(mark, raw):
    """A file may claim an encoding that it does not keep to."""
    try:
        read(mark + raw, delimiter=",")
    except Refused as wrong:
        assert wrong.code.startswith("contacts.file_")  # noqa: PT017
    except IndexError:
        pass
