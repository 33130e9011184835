"""The second step of signing in, for who has a passkey or an app with codes."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dispatcher.console.account import ceremonies, known, proof, throttle
from dispatcher.console.account.arriving import arrive
from dispatcher.console.account.forms import SecondCode
from dispatcher.operators import journal
from dispatcher.operators.models import User

LASTS = 600
"""Seconds in which the second step must follow the first."""
_PENDING = "second_step"


def ask(request: HttpRequest, user: User, *, how: str, onward: str) -> HttpResponse:
    """Let the person in after the first step, or send them to the second one if they have one."""
    if request.user.is_authenticated:  # a link, opened by whoever sits here
        logout(request)
    if not proof.ways_of(user).second:
        return arrive(request, user, how=(how,), onward=onward)
    request.session[_PENDING] = {
        "user": user.pk, "how": how, "next": onward, "at": time.time(),
    }  # fmt: skip
    return redirect("console:sign-in-second")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The page that asks for a code or the passkey."""
    user = _waiting(request)
    if user is None:
        return redirect("console:sign-in")
    form = SecondCode(user=user, data=request.POST or None)
    told: dict[str, object] = {"form": form, "has": proof.ways_of(user), "who": user}
    if request.method != "POST":
        return render(request, "console/account/second.html", told)
    # Counted before it is read: of many at once no more are looked at than one after the other.
    if seconds := _counted(request, user):
        return _late(request, user, seconds)
    if form.is_valid():
        _counted(request, user, right=True)
        return _through(request, user, form.authenticator, "code")
    journal.note(user, "operators.second_step_failed", f"operator:{user.pk}", how="code")
    return render(request, "console/account/second.html", told)


def _late(request: HttpRequest, user: User, seconds: int) -> HttpResponse:
    told = {
        "form": SecondCode(user=user),
        "has": proof.ways_of(user),
        "who": user,
        "late": throttle.said(seconds),
    }
    answer = render(request, "console/account/second.html", told, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _counted(request: HttpRequest, user: User, *, right: bool = False) -> int:
    """The seconds that this attempt must wait; after the right code earlier ones are forgotten."""
    count = throttle.forget if right else throttle.wait
    return (
        count(
            str(user.pk),
            address=throttle.address_of(request),
            door=throttle.SECOND,
            device=known.device(request, user.username),
        )
        or 0
    )


@never_cache
@require_http_methods(["GET", "POST"])
def second_step_with_passkey(request: HttpRequest) -> HttpResponse:
    """GET: what the browser is asked, as JSON. POST: its answer."""
    user = _waiting(request)
    if user is None:
        return redirect("console:sign-in")
    if request.method == "GET":
        return JsonResponse(begin_authentication(user))
    if seconds := _counted(request, user):
        return _late(request, user, seconds)
    form = ceremonies.Second(user=user, data=request.POST)
    if form.is_valid():
        _counted(request, user, right=True)
        return _through(request, user, form.cleaned_data["credential"], "passkey")
    journal.note(user, "operators.second_step_failed", f"operator:{user.pk}", how="passkey")
    told = {"form": SecondCode(user=user), "has": proof.ways_of(user), "who": user}
    return render(request, "console/account/second.html", told | {"passkey_failed": True})


def _waiting(request: HttpRequest) -> User | None:
    """Who has taken the first step in this session, not too long ago."""
    told = request.session.get(_PENDING)
    if request.user.is_authenticated or not told or time.time() - told["at"] > LASTS:
        return None
    return User.objects.filter(pk=told["user"], is_active=True).first()


def _through(request: HttpRequest, user: User, factor: Authenticator, how: str) -> HttpResponse:
    told = request.session.pop(_PENDING)
    answer = arrive(request, user, how=(told["how"], how), onward=told["next"])
    proof.note_factor(request, factor)
    return answer
