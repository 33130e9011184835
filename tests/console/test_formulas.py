"""No file that leaves us runs in a spreadsheet: every exit, every sign that begins a formula."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from contacts import exporting
from contacts.importing import import_file
from contacts.models import Address
from contacts.reach import Audience
from contacts.regions import Scope
from dispatcher.console.operators import journal
from dispatcher.console.people import rights, uploading
from dispatcher.reports import exports
from dispatcher.wording.exchange import sheet, terms
from dispatcher.wording.exchange.units import Bundle, Unit
from dispatcher.wording.glossary import Term

SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the begin of a formula, the wide signs of East Asia among them."""
EVIL = "cmd|'/c calc'!A1"
Exit = Callable[[str], str]


def lines(text: str) -> Iterator[str]:
    """All cells of a CSV file, as a spreadsheet reads them."""
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        yield from row


def people(text: str) -> str:
    """The registry; what the database would not take is given to the row itself."""
    now = datetime.now(UTC)
    person = (1, text, text, text, [text], [text], [text], text, text, f'{{"x": {quoted(text)}}}',
              now, [["email", text], ["push", text], ["sms", text]], [])  # fmt: skip
    held = io.StringIO()
    csv.writer(held).writerow(exporting._row(person).values())
    return held.getvalue()


def quoted(text: str) -> str:
    return '"' + text.replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n") + '"'


def held(text: str) -> str:
    """All that is held of one person."""
    return rights._csv({"name": text, "messages": [{"text": text}], text: "x"}).decode()


def rejected(text: str) -> str:
    """Rows that an import refused."""
    row = io.StringIO()
    csv.writer(row).writerow([uploading._safe(text)])
    return row.getvalue()


def journal_lines(text: str) -> str:
    """The journal, with what people typed in it."""
    line: Any = SimpleNamespace(
        pk=1, at=datetime.now(UTC), who=text, what=text, about=text, facts={"x": text}
    )
    row = io.StringIO()
    csv.writer(row).writerow(journal._cells(line, {}))
    return row.getvalue()


def figures(text: str) -> str:
    """The report's tables, as CSV and XLSX write each cell, and the list of who is silent."""
    row = io.StringIO()
    csv.writer(row).writerow([exports.defused(text), exports.defused(f"  {text}")])
    return row.getvalue()


def texts(text: str) -> str:
    """Texts for a translator."""
    unit = Unit("recall.first.consumer.sms", text, text, "accepted", text)
    return sheet.write(Bundle("en", "de", (unit,))).decode()


def glossary(text: str) -> str:
    """Terms."""
    term = Term(text, "de", names=(text,), forbidden=(text,), note=text)
    return terms.write([term], locale="de", source_language="en").decode()


EXITS: tuple[Exit, ...] = (
    people, held, rejected, journal_lines, figures, texts, glossary,
)  # fmt: skip


@pytest.mark.parametrize("sign", SIGNS, ids=[f"U+{ord(sign):04X}" for sign in SIGNS])
@pytest.mark.parametrize("leave", EXITS, ids=[one.__name__ for one in EXITS])
def test_no_cell_of_any_file_runs(leave: Exit, sign: str):
    """A name, an address or a remark that begins like a formula is a text."""
    told = list(lines(leave(sign + EVIL)))
    assert any(EVIL in cell for cell in told)
    assert [cell for cell in told if cell.startswith(SIGNS)] == []


@pytest.mark.parametrize("email", ["=1+1@example.com", "+tag@example.com", "-x@example.com"])
def test_an_address_that_is_a_formula_goes_out_and_comes_back(db, email: str):  # noqa: ARG001
    """Defused in the file, whole in the registry; phone numbers stay as they are."""
    line = f"reference,email,phone\np1,{email},+447700900001\n"
    assert import_file(io.BytesIO(line.encode()), by="tests", scope=Scope.everything()).created == 1
    found = exporting.export(Audience("everyone"), scope=Scope.everything())
    text = io.StringIO()
    writer = csv.DictWriter(text, found.headings, restval="")
    writer.writeheader()
    writer.writerows(found.rows)
    assert f"'{email}" in text.getvalue()
    assert ",+447700900001" in text.getvalue()
    report = import_file(io.BytesIO(text.getvalue().encode()), by="tests", scope=Scope.everything())
    assert (report.unchanged, report.refused) == (1, 0)
    assert set(Address.objects.values_list("value", flat=True)) == {email, "+447700900001"}
