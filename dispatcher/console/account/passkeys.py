"""One's passkeys: added, renamed, removed; allauth and fido2 do the ceremony."""

from ipaddress import ip_address

from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal.auth import WebAuthn, begin_registration
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dispatcher.console.account import ceremonies, devices
from dispatcher.console.account.forms import PasskeyName
from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import person, signed_in
from dispatcher.console.templatetags.told import apart
from dispatcher.operators import journal
from dispatcher.operators.models import User

MOST = 10
"""Passkeys of one person."""


def of(user: User) -> list[Authenticator]:
    """The person's passkeys, the oldest first."""
    mine = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return list(mine.order_by("pk"))


def answered(request: HttpRequest, user: User) -> ceremonies.Adding:
    """Allauth's form over what the browser made: a passkey that asks for finger, face or PIN."""
    return ceremonies.Adding(user=user, data={**request.POST.dict(), "passwordless": "on"})


def keep(user: User, form: ceremonies.Adding) -> None:
    """Keep the passkey of a valid form, and make recovery codes where there are none."""
    name = str(form.cleaned_data["name"])[:80] or devices.called("")
    WebAuthn.add(user, name, form.cleaned_data["credential"])
    RecoveryCodes.activate(user)
    journal.note(user, "operators.passkey_added", f"operator:{user.pk}", name=name)


def host_has_no_name(request: HttpRequest) -> bool:
    """Browsers make passkeys for names only: not for http://127.0.0.1."""
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@fresh
def passkey_add(request: HttpRequest) -> HttpResponse:
    """GET: the page, or as JSON what the browser is asked. POST: its answer."""
    user = person(request)
    if len(of(user)) >= MOST:
        messages.error(request, gettext("You have many passkeys: remove one first."))
        return redirect("console:account")
    if request.method == "GET" and _asks(request):
        return JsonResponse(begin_registration(user, passwordless=True))
    failed = False
    if request.method == "POST":
        form = answered(request, user)
        if form.is_valid():
            with transaction.atomic():
                new = not Authenticator.objects.filter(user=user).exists()
                keep(user, form)
            messages.success(request, gettext("The passkey is kept. You can sign in with it."))
            return redirect("console:account-codes" if new else "console:account")
        failed = True
    agent = request.headers.get("User-Agent", "")
    told = {
        "form": PasskeyName(initial={"name": devices.called(agent)}),
        "nameless": host_has_no_name(request),
        "failed": failed,
        "area": "account",
    }
    return render(request, "console/account/passkey_add.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@fresh
def passkey_remove(request: HttpRequest, number: int) -> HttpResponse:
    """Asks, then removes it."""
    user = person(request)
    found = next((one for one in of(user) if one.pk == number), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        with transaction.atomic():
            found.delete()
            delete_dangling_recovery_codes(user)
            journal.note(user, "operators.passkey_removed", f"operator:{user.pk}")
        messages.success(request, gettext("The passkey is removed."))
        return redirect("console:account")
    told = {
        "heading": gettext("Remove this passkey?"),
        "text": gettext("“%(name)s” will no longer sign you in.")
        % {"name": apart(found.wrap().name)},
        "action": gettext("Remove it"),
        "back": reverse("console:account"),
        "danger": True,
        "area": "account",
    }
    return render(request, "console/parts/confirm.html", told)


def _asks(request: HttpRequest) -> bool:
    """Whether the page's script asks, not a person."""
    return request.headers.get("Accept", "").startswith("application/json")
