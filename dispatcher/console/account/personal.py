"""The account's page, and what a person says of themselves: name, language, time zone, password."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_supported_language_variant, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from dispatcher.console import acting
from dispatcher.console.account import devices, page
from dispatcher.console.account.arriving import speak
from dispatcher.console.account.forms import Myself, NewPassword
from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import person, signed_in
from dispatcher.operators import roster
from dispatcher.operators.models import User


@never_cache
@require_safe
@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """Who I am here, how I sign in, where I am signed in, what happened to my account."""
    told = {"page": page.account(request, person(request)), "area": "account"}
    return render(request, "console/account/account.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def myself(request: HttpRequest) -> HttpResponse:
    """Name, language, time zone."""
    user = person(request)
    form = Myself(request.POST or None, initial=_as_it_is(user))
    if request.method == "POST" and form.is_valid():
        with acting.into(form, fields={"operators.unknown_time_zone": "time_zone"}):
            roster.describe(user, **form.cleaned_data)
        if not form.errors:
            messages.success(request, gettext("Saved."))
            answer = redirect("console:account")
            speak(answer, form.cleaned_data["language"])
            return answer
    told = {
        "heading": gettext("How we speak to you"),
        "form": form,
        "action": gettext("Save"),
        "area": "account",
    }
    return render(request, "console/account/form.html", told)


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@fresh
def password(request: HttpRequest) -> HttpResponse:
    """A new password; everywhere else the person is signed out."""
    user = person(request)
    form = NewPassword(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        roster.set_password(user, form.cleaned_data["password"])
        update_session_auth_hash(request, user)
        UserSession.objects.create_from_request(request)
        devices.end(user, by=user, but=request.session.session_key)
        messages.success(request, gettext("The password is set. Other devices are signed out."))
        return redirect("console:account")
    told = {
        "heading": gettext("Your password"),
        "text": gettext("Everywhere else you will be signed out."),
        "form": form,
        "action": gettext("Set this password"),
        "area": "account",
    }
    return render(request, "console/account/form.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def device_end(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Sign out there; without a number: everywhere but here."""
    user = person(request)
    if request.method == "POST":
        here = request.session.session_key
        ended = devices.end(user, by=user, number=number, but=None if number else here)
        if ended:
            messages.success(request, gettext("Signed out there."))
        return redirect("console:account")
    told = {
        "heading": gettext("Sign out there?"),
        "text": gettext("Whoever uses that device must sign in again.")
        if number
        else gettext("On every other device you must sign in again."),
        "action": gettext("Sign out"),
        "back": reverse("console:account"),
        "danger": True,
        "area": "account",
    }
    return render(request, "console/parts/confirm.html", told)


def _as_it_is(user: User) -> dict[str, str]:
    try:
        spoken = get_supported_language_variant(user.language.lower())
    except LookupError:  # a language that the pages do not speak
        spoken = "en"
    return {"name": user.name, "language": spoken, "time_zone": user.time_zone}
