"""Texts to translators' tools and back: files out, files in, nothing half taken."""

from collections.abc import Mapping
from pathlib import PurePath

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dispatcher.console import acting
from dispatcher.console.door import for_roles, person
from dispatcher.console.saying import said
from dispatcher.console.words import shelf
from dispatcher.console.words.desk_views import WRITERS
from dispatcher.console.words.forms import LARGEST_FILE, Export, Import
from dispatcher.kit.errors import Refused
from dispatcher.operators.models import User
from dispatcher.wording.exchange import formats
from dispatcher.wording.exchange.units import NotTaken, Taken, collect, take

FILES: Mapping[str, tuple[str, str]] = {
    "po": ("po", "text/x-gettext-translation"),
    "xliff": ("xlf", "application/xliff+xml"),
    "xliff2": ("xlf", "application/xliff+xml"),
    "csv": ("csv", "text/csv; charset=utf-8"),
}
"""Format -> ending and media type of the file."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
def trade(request: HttpRequest) -> HttpResponse:
    """Both ways on one page; POST takes a file."""
    user = person(request)
    form = Import(request.POST or None, request.FILES or None)
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        with acting.into(form, fields={"wording.format_unknown": "file"}):
            try:
                _thank(request, _taken(form, by=user))
                return redirect("console:words-trade")
            except NotTaken as refused:  # every unit that stands in the way, in a table
                problems = [(one.context, said(one.error)) for one in refused.problems]
    drawers = shelf.drawers(shelf.keys_for(user))
    told = {"area": "words", "form": form, "problems": problems,
            "export": Export(drawers=drawers, initial=request.GET.dict())}  # fmt: skip
    return render(request, "console/words/trade.html", told, status=422 if problems else 200)


@never_cache
@require_safe
@for_roles(*WRITERS)
def export(request: HttpRequest) -> HttpResponse:
    """The texts of one drawer in one language, as a file."""
    keys = shelf.keys_for(person(request))
    form = Export(request.GET, drawers=shelf.drawers(keys))
    if not form.is_valid():
        return redirect("console:words-trade")
    drawer, locale = form.cleaned_data["drawer"], form.cleaned_data["locale"]
    kind = form.cleaned_data["kind"]
    suffix, media = FILES[kind]
    inside = [key for key in keys if shelf.drawer_of(key) == drawer]
    answer = HttpResponse(formats.WRITERS[kind](collect(inside, locale=locale)), content_type=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{drawer}-{locale}.{suffix}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _taken(form: Import, *, by: User) -> Taken:
    file, locale = form.cleaned_data["file"], form.cleaned_data["locale"]
    kind = PurePath(file.name).suffix.lower()
    if kind not in formats.READERS:
        raise Refused(
            "wording.format_unknown", format=kind or "-", known=", ".join(formats.READERS)
        )
    if file.size > LARGEST_FILE:
        raise Refused("wording.xml_too_large", most=LARGEST_FILE)
    return take(formats.READERS[kind](file.read(), locale=locale), by=by)


def _thank(request: HttpRequest, taken: Taken) -> None:
    note = ngettext(
        "%(new)s text is new and waits for review; %(same)s are unchanged.",
        "%(new)s texts are new and wait for review; %(same)s are unchanged.",
        taken.new,
    )
    messages.success(request, note % {"new": taken.new, "same": taken.unchanged})
    if taken.needs_editing:
        poor = gettext("Need editing: %(texts)s")
        messages.warning(request, poor % {"texts": ", ".join(taken.needs_editing)})
