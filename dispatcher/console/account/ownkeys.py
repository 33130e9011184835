"""One's personal keys, with which the command line acts: made, shown once, revoked."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dispatcher.console import acting
from dispatcher.console.account.forms import KeyNote
from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import person, signed_in
from dispatcher.operators import keys
from dispatcher.operators.models import Key


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@fresh
def key_make(request: HttpRequest) -> HttpResponse:
    """A new key, shown in the answer and never again; the same form sent twice makes one."""
    user = person(request)
    form = KeyNote(request.POST or None)
    told: dict[str, object] = {
        "heading": gettext("A new personal key"),
        "text": gettext("With it the command line, or a script, acts as you and in your name."),
        "form": form,
        "action": gettext("Make the key"),
        "area": "account",
    }
    if request.method == "POST" and form.is_valid():
        if acting.once(user, request.POST.get("ticket", "")) is not None:
            messages.warning(request, gettext("That key was made already and is not shown again."))
            return redirect("console:account")
        shown = keys.make(user, note=form.cleaned_data["note"])
        return render(request, "console/account/key_made.html", told | {"text": shown.text})
    told["ticket"] = acting.ticket()
    return render(request, "console/account/form.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def key_revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """Asks, then makes it worthless."""
    user = person(request)
    found = user.keys.filter(prefix=prefix, purpose=Key.PERSONAL, revoked_at=None).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        keys.revoke(prefix, by=user)
        messages.success(request, gettext("Revoked; it opens nothing any more."))
        return redirect("console:account")
    told = {
        "heading": gettext("Revoke this key?"),
        "text": gettext("Whatever acts with dk_%(prefix)s… stops working at once.")
        % {"prefix": prefix},
        "action": gettext("Revoke it"),
        "back": reverse("console:account"),
        "danger": True,
        "area": "account",
    }
    return render(request, "console/parts/confirm.html", told)
