"""The pages on which an alert is written: thin views around its five steps."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contacts import errors as contacts_errors
from contacts.models import Segment
from contacts.reach import Audience
from dispatcher.alerts import compose, desk
from dispatcher.console import acting
from dispatcher.console.alerts import audience as people
from dispatcher.console.alerts import counting, listing
from dispatcher.console.alerts import draft as drafts
from dispatcher.console.alerts import facts as fact_sheet
from dispatcher.console.alerts import new as beginnings
from dispatcher.console.alerts.builder import Choice
from dispatcher.console.alerts.draft import Crumb, Draft
from dispatcher.console.alerts.reason import Reason
from dispatcher.console.door import for_roles, person
from dispatcher.console.saying import said
from dispatcher.console.templatetags.told import number as told_number
from dispatcher.kit.errors import Refused
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.roles import READERS, Role

AUTHORS = (Role.AUTHOR,)


@never_cache
@require_safe
@for_roles(*READERS)
def alerts(request: HttpRequest) -> HttpResponse:
    """What is being prepared, decided, and what has left."""
    user, shelf = person(request), request.GET.get("show", "open")
    shelf = shelf if shelf in listing.SHELVES else "open"
    before = request.GET.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 19 else None  # noqa: PLR2004
    lines, older = listing.lines(user, shelf=shelf, before=number)
    told = {
        "area": "alerts",
        "lines": lines,
        "tabs": listing.tabs(shelf),
        "older": f"?show={shelf}&before={older}" if older else "",
        "newer": f"?show={shelf}" if number else "",
        "writes": Role.AUTHOR in roles_of(request),
        "shelf": shelf,
    }
    return render(request, "console/alerts/alerts.html", told)


def roles_of(request: HttpRequest) -> frozenset[str]:
    """The roles that the person has anywhere."""
    return frozenset(person(request).memberships.values_list("role", flat=True))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*AUTHORS)
def begin(request: HttpRequest) -> HttpResponse:
    """Choose scenario, part and mode; a double click makes one draft."""
    user = person(request)
    follows = beginnings.followed(request)
    first = {"part": request.GET.get("part", "first"), "title": follows.title if follows else ""}
    form = beginnings.Beginning(request.POST or None, user=user, follows=follows, initial=first)
    if request.method == "POST" and form.is_valid():
        mark = request.POST.get("ticket", "")
        led = acting.once(user, mark)
        if led is not None:
            return redirect(led if led.startswith("/") else "console:alerts")
        alert = beginnings.begin(form, by=user)
        if alert is not None:
            to = reverse("console:alerts-facts", args=[alert.pk])
            acting.once(user, mark, to=to)
            return redirect(to)
    told = {
        "area": "alerts",
        "form": form,
        "follows": follows,
        "follows_name": drafts.name_of(follows) if follows else "",
        "earlier": [] if follows else beginnings.earlier(user),
        "ticket": acting.ticket(),
        "crumbs": (
            Crumb(gettext("Alerts"), reverse("console:alerts")),
            Crumb(gettext("New alert")),
        ),
    }
    return render(request, "console/alerts/new.html", told)


@never_cache
@require_safe
@for_roles(*AUTHORS)
def resume(request: HttpRequest, number: int) -> HttpResponse:
    """To the first step that is not done."""
    return redirect(drafts.resume(drafts.find(request, number)))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*READERS)
def facts(request: HttpRequest, number: int) -> HttpResponse:
    """Step one; each row is saved by itself, so that one mistake loses nothing."""
    draft = drafts.find(request, number)
    zone = ZoneInfo(draft.user.time_zone)
    saved = fact_sheet.Saved()
    if request.method == "POST":
        saved = fact_sheet.take_down(draft, request.POST.dict(), zone=zone)
        _say_saved(request, saved)
        if not saved.rows:
            if request.POST.get("go") == "next":
                return redirect(drafts.onward(draft, "facts"))
            verified = request.POST.get("verify", "")
            place = f"#{fact_sheet.slug(verified)}" if verified else ""
            return redirect(f"{draft.address('facts')}{place}")
        draft = drafts.find(request, number)
    sheet = fact_sheet.sheet(draft, zone=zone, held=saved.rows)
    told = {
        **drafts.frame(draft, "facts"),
        "facts": sheet,
        "wrong": list(fact_sheet.touched_last(saved, sheet)),
        "zone": draft.user.time_zone,
        "places": fact_sheet.places(draft),
        "tongues": fact_sheet.tongues(),
        "follows_name": drafts.name_of(draft.alert.follows) if draft.alert.follows else "",
    }
    return render(request, "console/alerts/facts.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*READERS)
def audience(request: HttpRequest, number: int) -> HttpResponse:
    """Step two: boxes or a sentence; nothing is saved while one only looks."""
    draft = drafts.find(request, number)
    wish = people.kept(draft, way=request.GET.get("as", ""))
    if request.method == "POST":
        wish = people.sent(request.POST) if draft.owns else wish
        go = request.POST.get("go", "save")
        if go in {"text", "choices"}:
            wish = people.turned(wish, go)
        elif go == "saved" and draft.owns:
            wish = people.taken_over(wish, request.POST.get("saved", ""))
        elif go != "count" and not wish.wrong:
            wish = _set_audience(drafts.take(request, number), wish)
            if not wish.wrong:
                messages.success(request, gettext("The audience is saved."))
                here = draft.address("audience")
                return redirect(drafts.onward(draft, "audience") if go == "next" else here)
    told = {
        **drafts.frame(draft, "audience"),
        **_audience_form(draft, wish),
        **_counted(draft, wish, wait=request.method == "POST" or "whole" in request.GET),
    }
    return render(request, "console/alerts/audience.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*READERS)
def count(request: HttpRequest, number: int) -> HttpResponse:
    """How many the form means, while one chooses; the audience as it is saved for GET.

    A sentence of one's own is an author's: counted one after the other they tell of single people.
    """
    draft = drafts.find(request, number)
    asked = request.method == "POST" and draft.owns
    wish = people.sent(request.POST) if asked else people.kept(draft)
    told = {"draft": draft, "wish": wish, **_counted(draft, wish, wait=True)}
    return render(request, "console/alerts/count.html", told)


def _set_audience(draft: Draft, wish: people.Wish) -> people.Wish:
    try:
        compose.set_audience(
            draft.alert,
            by=draft.user,
            segment=wish.text,
            list_id=wish.list_id,
            affected=wish.affected,
            seen=wish.mark,
        )
    except NotAllowed:
        raise
    except (Refused, contacts_errors.Refused) as error:
        alert = desk.find(draft.alert.pk)
        if error.code == "alerts.changed_by_other" and people.stands(wish, alert):
            return wish
        return people.refused(wish, error, said(error), alert)
    return wish


def _audience_form(draft: Draft, wish: people.Wish) -> dict[str, object]:
    choice = wish.choice or Choice()
    return {
        "wish": wish,
        "roles": people.roles(choice.roles),
        "not_roles": people.roles(choice.not_roles),
        "regions": people.regions(draft, choice.regions),
        "tongues": people.tongues(choice.languages),
        "saved": list(Segment.objects.order_by("key").values_list("key", "title")),
        "lists": people.lists(draft),
        "may_follow": people.followed(draft),
    }


def _counted(draft: Draft, wish: people.Wish, *, wait: bool) -> dict[str, object]:
    """The figures; `lazy` when nobody has counted yet and the page should not wait."""
    if wish.wrong or not (wish.text or wish.list_id or wish.affected):
        return {"figures": None, "lazy": False}
    scope = people.seen(draft)
    known_lists = {number for number, _name in people.lists(draft)}
    if wish.list_id is not None and wish.list_id not in known_lists:
        return {"figures": None, "lazy": False}
    meant = Audience(segment=wish.text, list_id=wish.list_id)
    try:
        if wish.affected and draft.alert.affected and drafts.sees_all(draft):
            found = counting.saved(draft.alert, scope=scope)
        elif wish.affected:
            return {"figures": None, "lazy": False}
        elif wait:
            found = counting.count(draft.alert, meant, scope=scope)
        else:
            known = counting.ready(draft.alert, meant, scope=scope)
            if known is None:
                return {"figures": None, "lazy": True}
            found = known
    except (Refused, contacts_errors.Refused) as error:
        return {"figures": None, "lazy": False, "uncounted": said(error)}
    if not drafts.sees_all(draft):  # who lives outside what they read is not theirs to count
        found = replace(found, outside_scope=0)
    return {"figures": people.figures(found), "lazy": False}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*AUTHORS)
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Cancel it, after asking once."""
    draft = drafts.take(request, number)
    form = Reason(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with acting.into(form):
            compose.cancel(draft.alert, by=draft.user, reason=form.cleaned_data["reason"])
            messages.success(request, gettext("The alert was cancelled. Nothing was sent."))
            return redirect("console:alerts")
    told = {
        "area": "alerts",
        "alert": draft.alert,
        "form": form,
        "heading": gettext("Cancel this alert?"),
        "text": gettext(
            "%(name)s will never be sent. It stays in the list, and what was done with it stays on "
            "record."
        )
        % {"name": drafts.name_of(draft.alert)},
        "action": gettext("Cancel the alert"),
        "danger": True,
        "back": draft.home if draft.submitted else draft.address("facts"),
    }
    return render(request, "console/parts/confirm.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*AUTHORS)
def reopen(request: HttpRequest, number: int) -> HttpResponse:
    """Take a submitted alert back to change it, after asking once."""
    draft = drafts.take(request, number)
    if request.method == "POST":
        compose.reopen(draft.alert, by=draft.user)
        messages.warning(request, gettext("It is a draft again. Submit it when you are done."))
        return redirect(draft.address(_step(request)))
    told = {
        "area": "alerts",
        "alert": draft.alert,
        "heading": gettext("Take this alert back to change it?"),
        "text": gettext(
            "%(name)s was submitted. Once you take it back, approvals that were given are void and "
            "every office is asked again."
        )
        % {"name": drafts.name_of(draft.alert)},
        "action": gettext("Take it back and change it"),
        "danger": True,
        "back": draft.home,
    }
    return render(request, "console/parts/confirm.html", told)


def _step(request: HttpRequest) -> str:
    asked = request.GET.get("to", "")
    return asked if asked in drafts.STEPS else "facts"


def _say_saved(request: HttpRequest, saved: fact_sheet.Saved) -> None:
    """One sentence for each kind of thing that was done."""
    lines = (
        (saved.written, ngettext("%(n)s value saved.", "%(n)s values saved.", saved.written)),
        (
            saved.dropped,
            ngettext("%(n)s value struck out.", "%(n)s values struck out.", saved.dropped),
        ),
        (
            saved.verified,
            ngettext(
                "%(n)s value verified by you.", "%(n)s values verified by you.", saved.verified
            ),
        ),
    )
    for n, line in lines:
        if n:
            messages.success(request, line % {"n": told_number(n)})
