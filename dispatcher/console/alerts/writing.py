"""The pages on which an alert is written: thin views around its five steps."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dispatcher.alerts import compose
from dispatcher.console import acting
from dispatcher.console.alerts import draft as drafts
from dispatcher.console.alerts import facts as fact_sheet
from dispatcher.console.alerts import listing
from dispatcher.console.alerts import new as beginnings
from dispatcher.console.alerts.draft import Crumb
from dispatcher.console.alerts.reason import Reason
from dispatcher.console.door import for_roles, person
from dispatcher.console.templatetags.told import number as told_number
from dispatcher.operators.roles import READERS, Role

AUTHORS = (Role.AUTHOR,)
VERIFIERS = (Role.AUTHOR, Role.APPROVER)


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
@for_roles(*VERIFIERS)
def facts(request: HttpRequest, number: int) -> HttpResponse:
    """Step one; each row is saved by itself, so that one mistake loses nothing."""
    draft = drafts.find(request, number)
    zone = ZoneInfo(draft.user.time_zone)
    saved = fact_sheet.Saved()
    if request.method == "POST":
        saved = fact_sheet.save(draft, request.POST.dict(), zone=zone)
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
@for_roles(*AUTHORS)
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Give it up, after asking once."""
    draft = drafts.take(request, number)
    form = Reason(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with acting.into(form):
            compose.cancel(draft.alert, by=draft.user, reason=form.cleaned_data["reason"])
            messages.success(request, gettext("The alert was given up. Nothing was sent."))
            return redirect("console:alerts")
    told = {
        "area": "alerts",
        "form": form,
        "heading": gettext("Give up this alert?"),
        "text": gettext(
            "%(name)s will never be sent. It stays in the list, and what was done with it stays on "
            "record."
        )
        % {"name": drafts.name_of(draft.alert)},
        "action": gettext("Give it up"),
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
