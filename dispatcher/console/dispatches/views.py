"""The pages: a list of dispatches, the report of one, its living part, its files."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.http import parse_etags
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from dispatcher.console import acting
from dispatcher.console.dispatches import acts, live, seen
from dispatcher.console.dispatches.page import Bar, bar
from dispatcher.console.dispatches.seen import Seen
from dispatcher.console.door import person, signed_in
from dispatcher.ledger import tally
from dispatcher.reports import after_action, exports

MOST = 25
"""Dispatches on a page of the list."""
FILES = {
    "csv": ("text/csv; charset=utf-8", exports.as_csv),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        exports.as_xlsx,
    ),
    "json": ("application/json", exports.as_json),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A dispatch in the list."""

    seen: Seen
    state: str
    books: Bar


@never_cache
@require_safe
@signed_in
def dispatches(request: HttpRequest) -> HttpResponse:
    """The newest dispatches that the person may see."""
    before = request.GET.get("before", "")
    found = seen.listed(
        person(request), before=int(before) if _is_number(before) else None, most=MOST + 1
    )
    told = {
        "area": "dispatches",
        "lines": [_line(entry) for entry in found[:MOST]],
        "older_than": found[MOST - 1].dispatch.pk if len(found) > MOST else None,
        "newest": not before,
    }
    return render(request, "console/dispatches/list.html", told)


@never_cache
@require_safe
@signed_in
def dispatch(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """The report; it lives while the dispatch runs, unless `?updates=off` holds it still."""
    found = _found(request, dispatch_id)
    held = request.GET.get("updates") == "off"
    told = {
        "area": "dispatches",
        "seen": found,
        "dispatch": found.dispatch,
        "held": held,
        "beat": live.beat(found.dispatch),
        "kinds": tuple(FILES),
        "fragment": live.latest(found, polled=not held),
        "hands": acts.hands(found, user=person(request)),
        "ticket": acting.ticket(),
    }
    return render(request, "console/dispatches/dispatch.html", told)


@gzip_page  # no secret stands beside what others wrote, and a phone polls it every two seconds
@require_safe
@signed_in
def dispatch_live(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """The living part alone; 304 while nothing has changed."""
    found = _found(request, dispatch_id, titled=False)
    tag = live.unchanged(found, parse_etags(request.headers.get("If-None-Match", "")))
    if tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        fragment = live.latest(seen.titled(found), polled=True)
        tag, answer = fragment.tag, HttpResponse(fragment.html)
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@never_cache
@require_safe
@signed_in
def dispatch_file(request: HttpRequest, dispatch_id: int, kind: str) -> HttpResponse:
    """The report as a file, within what the person may see."""
    found = _found(request, dispatch_id)
    if kind not in FILES:
        raise Http404
    media, written = FILES[kind]
    content = written(after_action.report(found.dispatch, scope=found.scope))
    answer = HttpResponse(content, content_type=media)
    name = f"{found.dispatch.mode}-{found.dispatch.pk}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _line(entry: Seen) -> Line:
    regions = after_action.codes(entry.scope)
    rows = after_action.rows(tally.books(entry.dispatch.pk, regions=regions))
    return Line(entry, after_action.state_of(entry.dispatch), bar(rows))


def _found(request: HttpRequest, dispatch_id: int, *, titled: bool = True) -> Seen:
    """404 for what is not there and for what is not theirs: no one learns which of the two."""
    found = seen.find(person(request), dispatch_id, titled=titled)
    if found is None:
        raise Http404
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19  # noqa: PLR2004  # a bigint
