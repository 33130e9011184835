"""Import: a file is handed in, its columns are named, it is checked, and applied once."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import errors, exporting, uploads
from contacts.models import Upload
from contacts.rows import Refusal
from contacts.uploads import State
from dispatcher.console import acting
from dispatcher.console.door import person
from dispatcher.console.people import choices, tasks
from dispatcher.console.people.asking import keepers
from dispatcher.console.people.columns import fields
from dispatcher.console.people.correcting import shortened, why

RUNNING: Final = (State.CHECKING, State.APPLYING)
_PREVIEWED: Final = 100


class FileForm(forms.Form):
    """A file, and where its people belong."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("CSV or XLSX, up to 50 MB. It stays private and is erased after a day."),
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    where = forms.ChoiceField(
        label=_("Where do these people belong?"),
        choices=[
            ("registry", _("In the registry: they may be told whenever an alert fits them")),
            ("list", _("On a private list for one alert, erased when it is over")),
        ],
        initial="registry",
        widget=forms.RadioSelect,
    )
    list_name = forms.CharField(
        label=_("Name of the private list"),
        help_text=_("Such as “Affected customers”. Only for a private list."),
        required=False,
        max_length=200,
    )

    def clean(self) -> dict[str, Any]:
        """A private list has a name; the registry has none."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("where") != "list":
            given["list_name"] = ""
        elif not given.get("list_name", "").strip():
            self.add_error("list_name", gettext("Give the private list a name."))
        return given


@never_cache
@require_http_methods(["GET", "POST"])
@keepers()
def begin(request: HttpRequest) -> HttpResponse:
    """Hand a file in; the files of the last day."""
    form = FileForm(request.POST or None, request.FILES or None)
    user = person(request)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with acting.into(form, fields=_FILE_CODES):
            upload_id = uploads.keep(
                given["file"].file,
                by=user.username,
                file_name=given["file"].name,
                list_name=given["list_name"],
            )
        if not form.errors:
            return redirect("console:people-import", upload_id)
    told = {"area": "people", "tab": "import", "form": form, "uploads": uploads.mine(user.username)}
    return render(request, "console/people/import.html", told)


_FILE_CODES: Final = {
    f"contacts.{code}": "file"
    for code in (
        *("file_empty", "file_kind", "file_broken", "file_encoding", "file_large", "file_heavy"),
        *("file_undecodable", "file_quote", "file_hungry", "header_missing"),
    )
}


class ColumnsForm(forms.Form):
    """What each column of a file is."""

    country = forms.CharField(
        label=_("Country of rows that name none"),
        help_text=_("It helps to read phone numbers without a prefix."),
        required=False,
        max_length=100,
        widget=forms.TextInput({"dir": "auto"}),
    )

    def __init__(self, upload: Upload, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upload = upload
        for place, column in enumerate(upload.look):
            name = column["heading"]
            self.fields[f"c{place}"] = forms.ChoiceField(
                label=name,
                choices=fields(name),
                required=False,
                initial=upload.mapping.get(name, column["field"]),
            )

    def clean_country(self) -> str:
        """As a code."""
        code = choices.region(self.cleaned_data["country"])
        if len(code) > 2:  # noqa: PLR2004  (a country)
            raise forms.ValidationError(gettext("Name one country."))
        return code

    def mapping(self) -> dict[str, str]:
        """Heading -> field."""
        return {
            column["heading"]: self.cleaned_data[f"c{place}"]
            for place, column in enumerate(self.upload.look)
        }

    @property
    def columns(self) -> Iterator[tuple[forms.BoundField, list[str]]]:
        """The control of each column beside what stands in it."""
        for place, column in enumerate(self.upload.look):
            yield self[f"c{place}"], column["samples"]


@never_cache
@require_http_methods(["GET", "POST"])
@keepers()
def one(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Where a file stands, and the one thing to do next. Leaving and coming back is no loss."""
    user = person(request)
    upload = uploads.find(upload_id, by=user.username)
    form = ColumnsForm(upload, request.POST or None, initial={"country": upload.country})
    if request.method == "POST" and upload.state == State.MAPPING and form.is_valid():
        with acting.into(form):
            asked = uploads.check(
                upload_id,
                by=user.username,
                mapping=form.mapping(),
                country=form.cleaned_data["country"],
            )
            if asked:
                tasks.ring(upload_id, first=True)
    if request.method == "POST" and not form.errors:
        return redirect("console:people-import", upload_id)
    return render(request, "console/people/upload.html", _told(upload, form))


@never_cache
@require_safe
@keepers()
def state(request: HttpRequest, upload_id: int) -> HttpResponse:
    """How far the worker has come; the page is loaded anew when it has ended."""
    upload = uploads.find(upload_id, by=person(request).username)
    if upload.state not in RUNNING:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    tasks.ring(upload_id)
    return render(request, "console/people/progress.html", _told(upload, None))


def _told(upload: Upload, form: ColumnsForm | None) -> dict[str, object]:
    running = upload.state in RUNNING
    if running:
        tasks.ring(upload.pk)
    report = upload.report
    return {
        "area": "people",
        "tab": "import",
        "upload": upload,
        "form": form,
        "running": running,
        "rows_read": tasks.rows_read(upload.pk) if running else 0,
        "report": report | {"good": report.get("created", 0) + report.get("updated", 0)},
        "wrong": [_wrong(one) for one in report.get("refusals", [])[:_PREVIEWED]],
        "more_wrong": len(report.get("refusals", [])) > _PREVIEWED,
        "reasons": _reasons(report.get("by_code", {})),
        "said": report.get("said") or _why_not(report),
        "crumbs": [
            {"name": gettext("Import"), "href": "/people/import/"},
            {"name": upload.file_name, "href": ""},
        ],
    }


def _why_not(report: dict[str, Any]) -> str:
    """Why the file as a whole is not taken."""
    if not report.get("code"):
        return ""
    facts = {"rows": report["rows"], "refused": report["refused"]}
    return errors.sentence(errors.Refused(report["code"], **facts))


def _wrong(refusal: list[Any]) -> dict[str, object]:
    """A cell that keeps its row out: where, what stands there, what is wrong with it."""
    line, column, code, value = refusal
    told = why(Refusal(line, column, code, value))
    return {"line": line, "column": column, "value": shortened(value), "why": told}


def _reasons(by_code: dict[str, int]) -> list[tuple[str, int]]:
    """What is wrong in how many cells, most first."""
    ranked = sorted(by_code.items(), key=lambda pair: -pair[1])
    return [(why(Refusal(0, "", code, "…")), n) for code, n in ranked]


@never_cache
@require_POST
@keepers()
def apply(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Apply what was checked. Two clicks, or a click in two tabs, are one."""
    uploads.find(upload_id, by=person(request).username)
    if uploads.apply(upload_id, by=person(request).username):
        tasks.ring(upload_id, first=True)
    return redirect("console:people-import", upload_id)


@never_cache
@require_POST
@keepers()
def again(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Back to the columns."""
    uploads.find(upload_id, by=person(request).username)
    uploads.again(upload_id, by=person(request).username)
    return redirect("console:people-import", upload_id)


@never_cache
@require_POST
@keepers()
def drop(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Throw the file away."""
    uploads.find(upload_id, by=person(request).username)
    if uploads.drop(upload_id, by=person(request).username):
        messages.success(request, gettext("The file is erased."))
    return redirect("console:people-imports")


@never_cache
@require_safe
@keepers()
def rejected(request: HttpRequest, upload_id: int) -> HttpResponse:
    """The refused rows as they stood, with the reason: to be mended and handed in again."""
    upload = uploads.find(upload_id, by=person(request).username)
    if not upload.report.get("refusals"):
        raise Http404
    answer = HttpResponse(_csv(upload), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="rejected-{upload_id}.csv"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _csv(upload: Upload) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    for row, wrong in uploads.rejected(upload):
        cells = [_safe(cell) for cell in row]
        if not wrong:
            writer.writerow([*cells, gettext("Line"), gettext("Why")])
            continue
        told = " ".join(why(Refusal(*one)) for one in wrong)
        writer.writerow([*cells, wrong[0][0], exporting.defused(told)])
    return file.getvalue().encode("utf-8-sig")


_NUMBER: Final = re.compile(r"\+?[\d\s().-]*")


def _safe(cell: str) -> str:
    """Defused, unless it can be nothing but a phone number: an import could not read that back."""
    return cell if _NUMBER.fullmatch(cell) else exporting.defused(cell)
