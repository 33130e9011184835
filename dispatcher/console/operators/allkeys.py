"""Everybody's keys: by whom, for what, when last used; revoked by an admin."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import person
from dispatcher.console.operators.admins import admins
from dispatcher.console.templatetags.told import apart
from dispatcher.operators import keys
from dispatcher.operators.models import Key

MOST = 50


@never_cache
@require_safe
@admins
def key_list(request: HttpRequest) -> HttpResponse:
    """Keys that open, the newest first."""
    found = Key.objects.select_related("user").filter(purpose=Key.PERSONAL, revoked_at=None)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:  # noqa: PLR2004  # a bigint
        found = found.filter(pk__lt=int(before))
    page = list(found.order_by("-pk")[: MOST + 1])
    told = {
        "keys": page[:MOST],
        "older": f"?before={page[MOST - 1].pk}" if len(page) > MOST else "",
        "area": "operators",
        "tab": "keys",
    }
    return render(request, "console/operators/keys.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@admins
def key_revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """Asks, then makes a key or an invitation worthless; of somebody else's only after a proof.

    One's own may be in the wrong hands now: nothing stands before that.
    """
    mine = Key.objects.filter(prefix=prefix, user=person(request), revoked_at=None).exists()
    return _revoke(request, prefix) if mine else fresh(_revoke)(request, prefix)


def _revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    found = Key.objects.select_related("user").filter(prefix=prefix, revoked_at=None).first()
    if found is None:
        raise Http404
    back = "console:invitations" if found.purpose == Key.INVITATION else "console:operator-keys"
    if request.method == "POST":
        keys.revoke(prefix, by=person(request), may_any=True)
        messages.success(request, gettext("Revoked; it opens nothing any more."))
        return redirect(back)
    told = {
        "heading": gettext("Revoke this?"),
        "text": gettext("What %(name)s does with dk_%(prefix)s… stops working at once.")
        % {"name": apart(found.user.get_full_name()), "prefix": prefix},
        "action": gettext("Revoke it"),
        "back": reverse(back),
        "danger": True,
        "area": "operators",
    }
    return render(request, "console/parts/confirm.html", told)
