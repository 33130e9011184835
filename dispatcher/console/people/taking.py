"""Export: people of a segment as a spreadsheet, after a fresh proof, on record."""

import csv
from collections.abc import Iterator
from typing import Any, Final, cast

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contacts import exporting
from contacts.exporting import Export
from contacts.models import Segment
from contacts.reach import Audience
from dispatcher.console import acting
from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import person
from dispatcher.console.people.asking import keepers, scope
from dispatcher.operators import journal

_BOM: Final = "\ufeff"  # Excel needs it


class ExportForm(forms.Form):
    """Whom the file is about."""

    saved = forms.ChoiceField(label=_("Segment"), required=False)
    text = forms.CharField(
        label=_("Or a sentence"),
        help_text=_("Such as: role = retailer and region in EU"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2, "dir": "ltr", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = list(Segment.objects.order_by("title").values_list("key", "title"))
        whole = ("", gettext("Everybody in my regions"))
        self.fields["saved"].choices = [whole, *kept]  # type: ignore[attr-defined]

    def sentence(self) -> str:
        """The sentence that is written, else that of the segment, else everyone."""
        given = self.cleaned_data
        if given["text"].strip():
            return str(given["text"])
        kept = Segment.objects.filter(key=given["saved"]).values_list("text", flat=True).first()
        return str(kept or "everyone")


@never_cache
@require_http_methods(["GET", "POST"])
@keepers()
@fresh
def export(request: HttpRequest) -> HttpResponse:
    """The form, and the file. It is written down before the first line leaves."""
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = None
        with acting.into(form):
            found = exporting.export(Audience(segment=form.sentence()), scope=scope(request))
        if found is not None:
            text = form.sentence()
            journal.note(person(request), "contacts.exported", "contacts", segment=text)
            return cast("HttpResponse", _file(found))
    told = {"area": "people", "tab": "export", "form": form}
    return render(request, "console/people/export.html", told)


class _Echo:
    """A file for the csv writer that keeps nothing."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def _file(found: Export) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="people.csv"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _lines(found: Export) -> Iterator[str]:
    """The file line by line, as it is read from the database."""
    writer = csv.DictWriter(_Echo(), found.headings, restval="", lineterminator="\r\n")
    yield _BOM + str(writer.writeheader())
    for row in found.rows:
        yield str(writer.writerow(row))
