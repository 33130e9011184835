"""An app that shows codes (TOTP), and the recovery codes for the day it is lost."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, clear_totp_secret
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dispatcher.console.account import proof
from dispatcher.console.account.forms import FirstCode
from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import person, signed_in
from dispatcher.operators import journal
from dispatcher.operators.models import User


def left(user: User) -> int | None:
    """How many recovery codes are unused; None where the person has none at all."""
    found = _recovery(user)
    return len(found.wrap().get_unused_codes()) if found else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@fresh
def app_add(request: HttpRequest) -> HttpResponse:
    """The secret as a picture and as letters; kept when the first code fits."""
    user = person(request)
    if proof.ways_of(user).code:
        return redirect("console:account")
    form = FirstCode(user=user, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            TOTP.activate(user, form.secret)
            RecoveryCodes.activate(user)
            journal.note(user, "operators.codes_added", f"operator:{user.pk}")
        clear_totp_secret(request)
        messages.success(request, gettext("The app is kept. From now on a code is asked for."))
        return redirect("console:account-codes")
    adapter = get_adapter()
    address = adapter.build_totp_url(user, form.secret)
    told = {
        "form": form,
        "address": address,
        "secret": " ".join(form.secret[at : at + 4] for at in range(0, len(form.secret), 4)),
        "picture": _picture(address),
        "area": "account",
    }
    return render(request, "console/account/app_add.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@fresh
def app_remove(request: HttpRequest) -> HttpResponse:
    """Asks, then removes it."""
    user = person(request)
    mine = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
    if not mine.exists():
        raise Http404
    if request.method == "POST":
        with transaction.atomic():
            mine.delete()
            delete_dangling_recovery_codes(user)
            journal.note(user, "operators.codes_removed", f"operator:{user.pk}")
        messages.success(request, gettext("No code is asked for any more."))
        return redirect("console:account")
    told = {
        "heading": gettext("Stop asking for codes?"),
        "text": gettext(
            "Your password alone will then let anybody in who knows it, unless you have a passkey."
        ),
        "action": gettext("Stop asking"),
        "back": reverse("console:account"),
        "danger": True,
        "area": "account",
    }
    return render(request, "console/parts/confirm.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@fresh
def recovery(request: HttpRequest) -> HttpResponse:
    """The unused recovery codes; POST makes new ones, and the old ones are void."""
    user = person(request)
    if not proof.ways_of(user).second:
        return redirect("console:account")
    if request.method == "POST":
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
            RecoveryCodes.activate(user)
            journal.note(user, "operators.recovery_renewed", f"operator:{user.pk}")
        messages.success(request, gettext("These are new; the old ones are void."))
        return redirect("console:account-codes")
    found = _recovery(user)
    codes = found.wrap().get_unused_codes() if found else []
    told = {"codes": [f"{code[:4]} {code[4:]}" for code in codes], "area": "account"}
    return render(request, "console/account/recovery.html", told)


def _recovery(user: User) -> Authenticator | None:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()


def _picture(address: str) -> str:
    """The QR code as SVG: the library's own drawing, without its XML header."""
    svg = str(get_adapter().build_totp_svg(address))
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308  # of our own letters, see above
