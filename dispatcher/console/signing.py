"""Signing in and out, with a name and a password; slips are counted."""

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_supported_language_variant, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dispatcher.console import throttle
from dispatcher.console.templatetags.told import duration
from dispatcher.operators import journal
from dispatcher.operators.models import User

LASTS = 12 * 3600
"""Seconds that a session lasts: a long shift."""


class Credentials(forms.Form):
    """What the sign-in page asks for."""

    name = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false",
                   "dir": "ltr"}
        ),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form; 302 to where the person wanted to go; 429 after too many slips."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return redirect(onward)
    form = Credentials(request.POST or None)
    told = {"form": form, "next": onward}
    if request.method != "POST" or not form.is_valid():
        return render(request, "console/sign_in.html", told)
    name, address = form.cleaned_data["name"], request.META["REMOTE_ADDR"]
    seconds = throttle.wait(name, address=address)
    if seconds:
        text = gettext("Too many attempts. Please try again in %(time)s.")
        form.add_error(None, text % {"time": duration(max(60, seconds))})
        answer = render(request, "console/sign_in.html", told, status=429)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    user = authenticate(request, username=name, password=form.cleaned_data["password"])
    if not isinstance(user, User):
        form.add_error(None, gettext("The user name or the password is not right."))
        return render(request, "console/sign_in.html", told)
    throttle.forget(name, address=address)
    return _welcome(request, user, onward)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("console:sign-in")


def _welcome(request: HttpRequest, user: User, onward: str) -> HttpResponse:
    login(request, user)
    request.session.set_expiry(LASTS)
    journal.note(user, "operators.signed_in", f"operator:{user.pk}")
    answer = HttpResponseRedirect(onward)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        _speak(answer, user.language)
    return answer


def _speak(answer: HttpResponse, language: str) -> None:
    """The person's own language, unless another one was picked on this device."""
    try:
        known = get_supported_language_variant(language.lower())
    except LookupError:
        return
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        known,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )


def _onward(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is ours; else the first page."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "/"
