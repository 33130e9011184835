"""The door for links that work once: an invitation, or a way in without a password."""

from allauth.mfa.webauthn.internal.auth import begin_registration
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dispatcher.console.account import passkeys, proof, second, throttle
from dispatcher.console.account.arriving import arrive, greet, speak
from dispatcher.console.account.forms import NewPassword
from dispatcher.kit.errors import Refused, sentence
from dispatcher.operators import keys, roster
from dispatcher.operators.models import Key, User

GONE = 410


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """What the link is for, and one button: looking at it spends nothing, so previews may look.

    410 for a link that does not work any more, 429 for who tries many.
    """
    seconds = throttle.looked(
        "link", address=throttle.address_of(request), most=throttle.PER_ADDRESS
    )
    if seconds:
        told = {"said": throttle.said(seconds)}
        return render(request, "console/account/link_gone.html", told, status=429)
    try:
        key = keys.peek(token)
        if key.purpose == Key.ENTRY:
            return _entry(request, key, token)
        return _invitation(request, key, token)
    except Refused:
        told = {"said": sentence(Refused("operators.link_unknown"))}
        return render(request, "console/account/link_gone.html", told, status=GONE)


@never_cache
@require_http_methods(["GET", "POST"])
def enter_with_passkey(request: HttpRequest, token: str) -> HttpResponse:
    """An invited person's first passkey. GET: what the browser is asked. POST: its answer."""
    try:
        key = keys.peek(token)
    except Refused:
        return HttpResponse(status=GONE)
    if key.purpose != Key.INVITATION or proof.ways_of(key.user).second:
        return HttpResponse(status=403)
    if request.method == "GET":
        return JsonResponse(begin_registration(key.user, passwordless=True))
    form = passkeys.answered(request, key.user)
    if not form.is_valid():
        return _welcome(request, key, token, NewPassword(user=key.user), passkey_failed=True)
    with transaction.atomic():
        user = keys.spend(token)
        passkeys.keep(user, form)
    return _led_in(request, user, "passkey")


def _entry(request: HttpRequest, key: Key, token: str) -> HttpResponse:
    if request.method != "POST":
        greet(request, key.user.language)
        return render(request, "console/account/link.html", {"who": key.user})
    user = keys.spend(token, purpose=Key.ENTRY)
    return second.ask(request, user, how="link", onward=_first_page(user))


def _invitation(request: HttpRequest, key: Key, token: str) -> HttpResponse:
    form = NewPassword(request.POST or None, user=key.user)
    if request.method != "POST" or not form.is_valid():
        return _welcome(request, key, token, form)
    with transaction.atomic():
        user = keys.spend(token)
        roster.set_password(user, form.cleaned_data["password"])
    return _led_in(request, user, "invitation")


def _welcome(
    request: HttpRequest, key: Key, token: str, form: NewPassword, *, passkey_failed: bool = False
) -> HttpResponse:
    """The page of an invitation, in the language that the admin knows the person by."""
    greet(request, key.user.language)
    told = {
        "who": key.user,
        "form": form,
        "token": token,
        "until": key.expires_at,
        "passkey_at": reverse("console:enter-passkey", args=[token]),
        "passkey_failed": passkey_failed,
        "may_passkey": not proof.ways_of(key.user).second,
    }
    return render(request, "console/account/invitation.html", told)


def _led_in(request: HttpRequest, user: User, how: str) -> HttpResponse:
    if how == "passkey":
        answer: HttpResponse = arrive(request, user, how=("invitation", how), onward="/")
    else:
        answer = second.ask(request, user, how=how, onward=reverse("console:account"))
    speak(answer, user.language)
    return answer


def _first_page(user: User) -> str:
    """Who has nothing to come back with is shown first where to set it up."""
    return "/" if proof.ways_of(user).any else reverse("console:account")
