"""The report: the story of a dispatch on a page that prints well, and the same as PDF."""

from dataclasses import dataclass
from importlib.util import find_spec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import parse_etags
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatcher.console.dispatches import printing, seen
from dispatcher.console.dispatches.page import Page, page
from dispatcher.console.dispatches.seen import Seen
from dispatcher.console.door import person, signed_in
from dispatcher.console.templatetags.told import number
from dispatcher.ledger.statements import ledger_now
from dispatcher.reports import after_action, story, words
from dispatcher.reports.cost import Cost, cost
from dispatcher.reports.story import Event
from dispatcher.wording import values

PRINTS = find_spec("weasyprint") is not None
"""Whether the extra `pdf` is installed."""
BUSY = 503

PAGES_IN = {"۱": "persian", "١": "arabic-indic", "१": "devanagari"}
"""How a locale writes one -> what CSS calls such digits: pages are counted as all else is."""


@dataclass(frozen=True, slots=True)
class Told:
    """All that the report tells beside the figures."""

    page: Page
    events: list[Event]
    cost: Cost
    prices: tuple[str, ...]
    """Amounts as the reader writes money."""
    unknowns: tuple[tuple[str, int], ...]
    """What became of those of whom nobody could tell."""


@never_cache
@require_safe
@signed_in
def report(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """The report as it stands now; it does not move."""
    found = _found(request, dispatch_id)
    return render(request, "console/dispatches/story.html", _context(found))


@require_safe
@signed_in
def report_pdf(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """The same on paper; 404 without the extra, 304 for who has it, 503 for who asks for two."""
    found = _found(request, dispatch_id)
    if not PRINTS:
        raise Http404
    made = printing.document(found, by=person(request), html=lambda: _paper(found))
    if made is None:
        said = gettext("A report is being typeset for you. Please try again in some seconds.")
        told = {
            "said": said,
            "allowed": True,
            "back": reverse("console:report", args=[dispatch_id]),
        }
        answer = render(request, "console/refused.html", told, status=BUSY)
        answer.headers["Retry-After"] = "5"
        return answer
    if made.tag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponseNotModified(headers={"ETag": made.tag})
    answer = HttpResponse(made.content, content_type="application/pdf")
    name = f"{found.dispatch.mode}-{found.dispatch.pk}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["ETag"] = made.tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _paper(found: Seen) -> str:
    told = {
        **_context(found),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "pages_in": PAGES_IN.get(number(1), "decimal"),
    }
    return render_to_string("console/dispatches/paper.html", told)


def _context(found: Seen) -> dict[str, object]:
    figures = after_action.report(found.dispatch, scope=found.scope)
    spent = cost(found.dispatch, regions=after_action.codes(found.scope))
    told = Told(
        page=page(figures, now=ledger_now()),
        events=story.events(found.dispatch, figures, whole=found.whole),
        cost=spent,
        prices=tuple(
            values.show(
                values.Money(amount, currency),
                "money",
                locale=translation.get_language() or "en",
                zone=timezone.get_current_timezone(),
            )
            for currency, amount in sorted(spent.amounts.items())
        ),
        unknowns=tuple((str(words.UNKNOWNS[key]), n) for key, n in figures.unknowns.items()),
    )
    return {
        "area": "dispatches",
        "seen": found,
        "dispatch": found.dispatch,
        "told": told,
        "page": told.page,
        "report": figures,
        "prints": PRINTS,
        "kinds": ("csv", "xlsx", "json"),
    }


def _found(request: HttpRequest, dispatch_id: int) -> Seen:
    """404 for what is not there and for what is not theirs."""
    found = seen.find(person(request), dispatch_id) if dispatch_id < 2**63 else None
    if found is None:
        raise Http404
    return found
