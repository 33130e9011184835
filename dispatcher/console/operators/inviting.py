"""New colleagues: invited by name and roles; what is still open; offices that are opened."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dispatcher.console import acting
from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import person
from dispatcher.console.operators import page
from dispatcher.console.operators.acts import handed_over
from dispatcher.console.operators.admins import admins
from dispatcher.console.operators.forms import Inviting, Opening, places
from dispatcher.operators import hiring, keys, roster

FIELDS = {
    "operators.bad_username": "username",
    "operators.exists": "username",
    "operators.unknown_time_zone": "time_zone",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@admins
@fresh
def invite(request: HttpRequest) -> HttpResponse:
    """The form; then the invitation to hand over."""
    form = Inviting(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with acting.into(form, fields=FIELDS):
            shown = hiring.hire(_newcomer(form), by=person(request))
            return handed_over(request, shown)
    told = {"form": form, "places": places(), "area": "operators", "tab": "operators"}
    return render(request, "console/operators/invite.html", told)


@never_cache
@require_safe
@admins
def invitations(request: HttpRequest) -> HttpResponse:
    """Those that can still be accepted."""
    told = {
        "keys": keys.open_invitations(),
        "area": "operators",
        "tab": "invitations",
    }
    return render(request, "console/operators/invitations.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@admins
def offices(request: HttpRequest) -> HttpResponse:
    """All offices and who sits there; a form for a further one."""
    form = Opening(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields = {"operators.bad_office": "key", "operators.office_exists": "key"}
        with acting.into(form, fields=fields):
            roster.open_office(**form.cleaned_data, by=person(request))
        if not form.errors:
            messages.success(request, gettext("The office is open."))
            return redirect(reverse("console:offices"))
    told = {"seats": page.seats(), "form": form, "area": "operators", "tab": "offices"}
    return render(request, "console/operators/offices.html", told)


def _newcomer(form: Inviting) -> hiring.Newcomer:
    told = form.cleaned_data
    return hiring.Newcomer(
        username=told["username"].strip(),
        name=told["name"].strip(),
        language=told["language"],
        time_zone=told["time_zone"],
        roles=tuple(told["roles"]),
        regions=(told["region"],),
        languages=tuple(told["languages"]),
        offices=tuple(roster.Seat(key, told["deputy"]) for key in told["offices"]),
    )
