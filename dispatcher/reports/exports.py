"""The report as a file: CSV, XLSX and JSON; no cell can run in a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterator

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext, pgettext
from xlsxwriter import Workbook

from dispatcher.ledger.tally import FIGURES
from dispatcher.reports import words
from dispatcher.reports.after_action import Report

Cell = str | int | float | None
Table = tuple[str, list[str], list[list[Cell]]]
"""Name, head, rows."""

_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def defused(cell: Cell) -> Cell:
    """A cell that a spreadsheet shows and does not run: a leading apostrophe before a live sign."""
    if isinstance(cell, str) and (cell.startswith(_LIVE) or cell.lstrip().startswith(_LIVE)):
        return f"'{cell}"
    return cell


def tables(report: Report) -> Iterator[Table]:
    """The report as tables in the active language."""
    figures = [str(words.FIGURES[name]) for name in FIGURES]
    yield (
        gettext("Books"),
        [gettext("Channel"), gettext("Region"), gettext("Region name"), gettext("Language"),
         str(words.FIGURES["targeted"]), *figures],
        [
            [row.channel, row.region, words.region_name(row.region), row.language,
             row.targeted, *row.figures]
            for row in report.books
        ],
    )  # fmt: skip
    yield (
        pgettext("figures", "People"),
        [gettext("Best outcome"), pgettext("figures", "People")],
        [[str(words.FIGURES[name]), report.people.get(name, 0)] for name in FIGURES],
    )
    yield (
        gettext("Reasons"),
        [gettext("Figure"), gettext("Channel"), gettext("Reason"), gettext("Carrier"),
         pgettext("of a carrier", "Code"), gettext("Messages")],
        [
            [str(words.FIGURES[entry.figure]), entry.channel,
             words.reason(entry.code, carrier=entry.carrier), entry.carrier, entry.code, entry.n]
            for entry in report.reasons
        ],
    )  # fmt: skip
    yield (
        gettext("What was not certain"),
        [gettext("What became of it"), gettext("Messages")],
        [[str(words.UNKNOWNS[verdict]), n] for verdict, n in report.unknowns.items()],
    )
    yield (
        gettext("Time to reach"),
        [gettext("Region"), gettext("Channel"), pgettext("figures", "People"), gettext("Reached"),
         gettext("Seconds to 50 %"), gettext("Seconds to 90 %"), gettext("Seconds to 99 %")],
        [
            [entry.region or "", entry.channel or "", entry.people, entry.reached,
             entry.p50, entry.p90, entry.p99]
            for entry in report.reach
        ],
    )  # fmt: skip


def as_csv(report: Report) -> bytes:
    """The books as CSV, one line a channel, region and language.

    UTF-8 with the mark that Excel needs to read Persian and Chinese.
    """
    _name, head, rows = next(tables(report))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(report: Report) -> bytes:
    """All tables, a sheet each; strings stay strings."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        for name, head, rows in tables(report):
            sheet = book.add_worksheet(name[:31])
            sheet.write_row(0, 0, head, bold)
            for number, row in enumerate(rows, 1):
                sheet.write_row(number, 0, [defused(cell) for cell in row])
            sheet.freeze_panes(1, 0)
            sheet.autofit()
    return out.getvalue()


def as_json(report: Report) -> str:
    """Everything, for programs."""
    return json.dumps(report.plain(), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
