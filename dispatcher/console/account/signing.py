"""Signing in and out: a name and a password, or a passkey; slips are counted."""

from allauth.mfa.webauthn.internal.auth import begin_authentication
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dispatcher.console.account import ceremonies, known, proof, second, throttle
from dispatcher.console.account.arriving import arrive
from dispatcher.console.account.onward import onward
from dispatcher.operators.models import User


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
    there = onward(request)
    if request.user.is_authenticated:
        return redirect(there)
    form = Credentials(request.POST or None)
    told = {"form": form, "next": there}
    if request.method != "POST" or not form.is_valid():
        return render(request, "console/account/sign_in.html", told)
    name, address = form.cleaned_data["name"], throttle.address_of(request)
    device = known.device(request, name)
    seconds = throttle.wait(name, address=address, device=device)
    if seconds:
        form.add_error(None, throttle.said(seconds))
        answer = render(request, "console/account/sign_in.html", told, status=429)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    user = authenticate(request, username=name, password=form.cleaned_data["password"])
    if not isinstance(user, User):
        form.add_error(None, gettext("The user name or the password is not right."))
        return render(request, "console/account/sign_in.html", told)
    throttle.forget(name, address=address, device=device)
    return second.ask(request, user, how="password", onward=there)


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_with_passkey(request: HttpRequest) -> HttpResponse:
    """GET: what the browser is asked, as JSON. POST: its answer; a passkey is both factors."""
    there = onward(request)
    if request.user.is_authenticated:
        return redirect(there)
    seconds = throttle.looked("passkey", address=throttle.address_of(request))
    if seconds:
        return HttpResponse(status=429, headers={"Retry-After": str(seconds)})
    if request.method == "GET":
        return JsonResponse(begin_authentication(user=None))
    form = ceremonies.SignIn(data=request.POST)
    if not form.is_valid() or not form.cleaned_data["credential"].user.is_active:
        messages.error(request, gettext("This passkey is not known here, or it came too late."))
        return redirect("console:sign-in")
    factor = form.cleaned_data["credential"]
    answer = arrive(request, factor.user, how=("passkey",), onward=there)
    proof.note_factor(request, factor)
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)
    return redirect("console:sign-in")
