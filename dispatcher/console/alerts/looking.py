"""The pages of an alert's later steps: its words, how it leaves, the check."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import errors as contacts_errors
from contacts.reach import Scope
from dispatcher.alerts import approve, desk, gate, survey
from dispatcher.alerts.matrix import matrix
from dispatcher.alerts.preview import preview
from dispatcher.console.alerts import boards, counting
from dispatcher.console.alerts import check as checking
from dispatcher.console.alerts import draft as drafts
from dispatcher.console.alerts import how as ways
from dispatcher.console.alerts import words as texts
from dispatcher.console.alerts.draft import Draft
from dispatcher.console.door import for_roles
from dispatcher.console.saying import said
from dispatcher.kit.errors import Refused
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.roles import READERS, Role


@never_cache
@require_safe
@for_roles(*READERS)
def words(request: HttpRequest, number: int) -> HttpResponse:
    """Step three: what would go out, language by language and channel by channel."""
    draft = drafts.find(request, number)

    def make() -> str:
        scope = Scope(regions=desk.regions_seen(draft.user, draft.alert))
        found = matrix(draft.alert, scope=scope, gather=counting.crowd)
        told = {"board": texts.board(draft, found), "draft": draft}
        return render_to_string("console/alerts/words_board.html", told)

    return _step(request, draft, "words", make)


@never_cache
@require_safe
@for_roles(*READERS)
def cell(
    request: HttpRequest, number: int, group: str, channel: str, language: str
) -> HttpResponse:
    """One text: as its readers would see it, beside its source, with what the checks say."""
    draft = drafts.find(request, number)
    places = texts.regions(draft)
    region = request.GET.get("region", places[0][0] if places else "")
    if region not in dict(places):
        raise Http404
    opened = texts.opened(draft, group=group, channel=channel, language=language, region=region)
    if opened is None:
        raise Http404
    told = {
        **drafts.frame(draft, "words"),
        "opened": opened,
        "places": places,
        "region": region,
        "back": draft.address("words"),
    }
    return render(request, "console/alerts/cell.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*READERS)
def how(request: HttpRequest, number: int) -> HttpResponse:
    """Step four: the choices, and what they come to for the people of the audience."""
    draft = drafts.find(request, number)
    form = ways.Choices(initial=ways.initial(draft.alert), alert=draft.alert)
    if request.method == "POST":
        draft = drafts.take(request, number)
        form = ways.Choices(request.POST, alert=draft.alert)
        if form.is_valid():
            ways.settle(form, draft, seen=request.POST.get("mark", ""))
        if form.is_valid() and not form.errors:
            messages.success(request, gettext("Saved."))
            return redirect(
                drafts.onward(draft, "how")
                if request.POST.get("go") == "next"
                else draft.address("how")
            )

    def make() -> str:
        told = {"effects": ways.effects(draft.alert), "alert": draft.alert}
        return render_to_string("console/alerts/how_board.html", told)

    told = {
        "form": form,
        "choices_mark": ways.mark(draft.alert),
        "ladders": ways.ladders(draft.alert),
        "escalation": ways.escalation(draft.alert),
    }
    return _step(request, draft, "how", make, **told)


@never_cache
@require_safe
@for_roles(*READERS)
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Step five: what would refuse, warn or surprise; then the offices are asked."""
    draft = drafts.find(request, number)

    def make() -> str:
        told = {"board": _judged(draft), "draft": draft}
        return render_to_string("console/alerts/check_board.html", told)

    told = {"offices": checking.offices(draft), "whole": drafts.sees_all(draft)}
    return _step(request, draft, "check", make, **told)


@never_cache
@require_POST
@for_roles(Role.AUTHOR)
def submit(request: HttpRequest, number: int) -> HttpResponse:
    """Ask the offices; a second click finds it asked."""
    draft = drafts.take(request, number)
    if draft.submitted:
        return redirect(draft.home)
    try:
        approve.submit(draft.alert, by=draft.user, seen=request.POST.get("mark", ""))
    except NotAllowed:
        raise
    except gate.NotReady as error:
        drafts.keep_wrong(draft.alert, checking.wrong(error.causes))
        for cause in error.causes:
            messages.error(request, said(cause))
        return redirect(draft.address("check"))
    except Refused as error:
        messages.error(request, said(error))
        return redirect(draft.address("check"))
    line = gettext("Submitted. It is the turn of: %(offices)s")
    messages.success(request, line % {"offices": " · ".join(checking.offices(draft))})
    return redirect(drafts.find(request, number).home)


def _judged(draft: Draft) -> checking.Board:
    """The whole check; only the causes while nobody is meant."""
    if not survey.has_audience(draft.alert):
        causes = gate.lacks(draft.alert)
        drafts.keep_wrong(draft.alert, checking.wrong(causes))
        notes = checking.notes(draft, causes, level="refuse")
        return checking.Board(notes, len(causes), (), 0, 0, (), (), ())
    seen = preview(draft.alert, by=draft.user, gather=counting.crowd)
    drafts.keep_wrong(draft.alert, checking.wrong(seen.causes))
    return checking.board(draft, seen)


def _step(
    request: HttpRequest, draft: Draft, step: str, make: Callable[[], str], **told: object
) -> HttpResponse:
    """The page of a step around its board, or the board alone for who asks for it."""
    uncounted, board = "", None
    if step != "words" and not drafts.sees_all(draft):  # their figures are of the whole alert
        uncounted = gettext("It reaches regions that you do not read; its figures are not shown.")
    else:
        try:
            board = boards.board(request, draft, name=step, make=make)
        except NotAllowed:
            raise
        except (Refused, contacts_errors.Refused) as error:
            uncounted = said(error)
    if "HX-Request" in request.headers:
        return HttpResponse(board or escape(uncounted))  # a refusal may name what people wrote
    frame = drafts.frame(draft, step)
    lazy = board is None and not uncounted
    return render(
        request,
        f"console/alerts/{step}.html",
        {**frame, **told, "board_html": board, "uncounted": uncounted, "lazy": lazy},
    )
