"""The page that asks again who one is, before something that hurts."""

from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dispatcher.console.account import ceremonies, proof, throttle
from dispatcher.console.account.forms import ProvingCode, ProvingPassword
from dispatcher.console.account.onward import onward, way_back
from dispatcher.console.door import person, signed_in


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def prove(request: HttpRequest) -> HttpResponse:
    """Password or code; the passkey has an address of its own. 429 after too many slips."""
    user = person(request)
    code = "code" in request.POST
    password_form = ProvingPassword(None if code else request.POST or None)
    code_form = ProvingCode(user=user, data=request.POST if code else None)
    there = onward(request)
    told = {
        "next": there,
        "has": proof.ways_of(user),
        "password_form": password_form,
        "code_form": code_form,
        "area": "account",
    }
    if request.method != "POST":
        return render(request, "console/account/prove.html", told)
    form = code_form if code else password_form
    # A session is a device: nobody's slips at the door keep those who are in from proving it.
    address, device = throttle.address_of(request), request.session.session_key or ""
    seconds = throttle.wait(user.username, address=address, door=throttle.PROOF, device=device)
    if seconds:
        form.add_error(None, throttle.said(seconds))
        answer = render(request, "console/account/prove.html", told, status=429)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    if not form.is_valid() or not _right(request, form):
        return render(request, "console/account/prove.html", told)
    throttle.forget(user.username, address=address, door=throttle.PROOF, device=device)
    return redirect(there)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def prove_with_passkey(request: HttpRequest) -> HttpResponse:
    """GET: what the browser is asked, as JSON. POST: its answer."""
    if request.method == "GET":
        return JsonResponse(begin_authentication(person(request)))
    form = ceremonies.Proof(user=person(request), data=request.POST)
    if form.is_valid():
        proof.note_factor(request, form.cleaned_data["credential"])
        return redirect(onward(request))
    messages.error(request, gettext("This passkey is not one of yours, or it came too late."))
    return redirect(way_back(request))


def _right(request: HttpRequest, form: ProvingPassword | ProvingCode) -> bool:
    """Whether a valid form proves it; notes the proof."""
    if isinstance(form, ProvingCode):
        proof.note_factor(request, form.authenticator)
        return True
    user = person(request)
    if user.check_password(form.cleaned_data["password"]):
        proof.note(request, user, "password")
        return True
    form.add_error("password", gettext("The password is not right."))
    return False
