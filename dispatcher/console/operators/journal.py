"""The journal: sifted, paged by its lines' numbers, and as a file that runs in no spreadsheet."""

import csv
import json
from collections.abc import Iterator, Mapping
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import person
from dispatcher.console.operators.admins import admins
from dispatcher.console.operators.forms import Sifting
from dispatcher.operators import journal as book
from dispatcher.operators import reading
from dispatcher.operators.deeds import DEEDS
from dispatcher.operators.models import JournalEntry, Office
from dispatcher.operators.reading import Wanted
from dispatcher.reports.exports import defused

MOST = 50
"""Lines on a page."""


class _Echo:
    """What csv writes into: it gives each row back instead of keeping it."""

    def write(self, row: str) -> str:
        """The row."""
        return row


@never_cache
@require_safe
@admins
def journal(request: HttpRequest) -> HttpResponse:
    """The newest lines first."""
    form = Sifting(request.GET)
    before = request.GET.get("before", "")
    known = before.isascii() and before.isdigit() and len(before) < 19  # noqa: PLR2004  # a bigint
    lines = reading.lines(form.wanted(), most=MOST + 1, before=int(before) if known else None)
    asked = request.GET.copy()
    asked.pop("before", None)
    told: dict[str, object] = {
        "form": form,
        "lines": lines[:MOST],
        "offices": Office.objects.in_bulk(),
        "file_at": f"?{asked.urlencode()}" if asked else "",
        "newer": f"?{asked.urlencode()}" if known else "",
        "older": "",
        "area": "operators",
        "tab": "journal",
    }
    if len(lines) > MOST:
        asked["before"] = str(lines[MOST - 1].pk)
        told["older"] = f"?{asked.urlencode()}"
    return render(request, "console/operators/journal.html", told)


@never_cache
@require_safe
@admins
@fresh
def journal_file(request: HttpRequest) -> HttpResponse:
    """All lines that are asked for, the oldest first, row by row as they are read."""
    wanted = Sifting(request.GET).wanted()
    asked = {"of": wanted.who, "room": wanted.what, "object": wanted.about}
    book.note(person(request), "operators.journal_exported", "journal", **asked)
    rows = _rows(wanted, language=translation.get_language() or "en")
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="journal.csv"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return cast("HttpResponse", answer)


def _rows(wanted: Wanted, *, language: str) -> Iterator[str]:
    """The rows are read when the view has long returned, and whoever reads has no language."""
    writer = csv.writer(_Echo())
    with translation.override(language):
        heads = [
            gettext("Number"), gettext("Time (UTC)"), gettext("Who"), gettext("Deed"),
            gettext("Of what exactly"), gettext("In words"), gettext("Details"),
        ]  # fmt: skip
        words = {what: str(deed) for what, deed in DEEDS.items()}
    yield "\ufeff" + str(writer.writerow(heads))  # the mark by which Excel knows UTF-8
    for line in reading.all_lines(wanted):
        yield str(writer.writerow(_cells(line, words)))


def _cells(line: JournalEntry, words: Mapping[str, str]) -> list[object]:
    details = json.dumps(line.facts, ensure_ascii=False, sort_keys=True) if line.facts else ""
    told = words.get(line.what, line.what)
    cells = (line.who or "-", line.what, line.about, told, details)
    return [line.pk, line.at.isoformat(), *map(defused, cells)]
