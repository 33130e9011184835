"""Operators in a list, and one of them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatcher.console.operators import page
from dispatcher.console.operators.admins import admins
from dispatcher.console.operators.forms import Appointing, Granting, places
from dispatcher.operators import keys, reading
from dispatcher.operators.models import Key, User

MOST = 50
"""Operators on a page."""
EVENTS = 15


@never_cache
@require_safe
@admins
def operators(request: HttpRequest) -> HttpResponse:
    """Everybody who works here, or who has left."""
    search, left = request.GET.get("q", "").strip()[:100], "left" in request.GET
    found = page.operators(
        search=search, left=left, after=request.GET.get("after", ""), most=MOST + 1
    )
    told: dict[str, object] = {
        "lines": found[:MOST],
        "search": search,
        "left": left,
        "older": "",
        "invitations": keys.open_invitations().count(),
        "area": "operators",
        "tab": "operators",
    }
    if len(found) > MOST:
        asked = {"q": search, "after": found[MOST - 1].user.username}
        told["older"] = f"?{urlencode(asked | ({'left': '1'} if left else {}))}"
    return render(request, "console/operators/list.html", told)


@never_cache
@require_safe
@admins
def operator(request: HttpRequest, number: int) -> HttpResponse:
    """One operator: roles, offices, ways in, keys, and what was done."""
    user = found(number)
    told = {
        "line": page.operator(user),
        "memberships": user.memberships.order_by("role", "region"),
        "keys": user.keys.filter(purpose=Key.PERSONAL, revoked_at=None).order_by("-pk"),
        "events": reading.of_operator(user.pk, most=EVENTS),
        "granting": Granting(prefix="grant"),
        "appointing": Appointing(prefix="appoint"),
        "places": places(),
        "area": "operators",
        "tab": "operators",
    }
    return render(request, "console/operators/one.html", told)


def found(number: int) -> User:
    """The operator of this number, or the page that nobody is there."""
    user = User.objects.filter(pk=number).first()
    if user is None:
        raise Http404
    return user
