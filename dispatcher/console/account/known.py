"""Devices from which somebody has come in before: a signed cookie, for the throttle alone.

It opens nothing. It says whose slips this browser may count as its own, so that nobody else's slips
keep its people out.
"""

import hashlib
import secrets
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from dispatcher.operators.models import User

COOKIE: Final = "device"
LASTS: Final = 180 * 24 * 3600
MOST: Final = 5
"""People who share a device; the one who has not come for longest is forgotten."""
_SALT: Final = "console.account.known"


def device(request: HttpRequest, name: str) -> str:
    """The device's own mark, if the person of this user name has come in from it; else ''."""
    mark, people = _read(request)
    return mark if _of(name) in people else ""


def remember(answer: HttpResponse, request: HttpRequest, user: User) -> None:
    """Let this device be known as one of the person's."""
    mark, people = _read(request)
    mine = _of(user.username)
    kept = [mine, *(one for one in people if one != mine)][:MOST]
    told = {"device": mark or secrets.token_urlsafe(9), "people": kept}
    answer.set_cookie(
        COOKIE,
        signing.dumps(told, salt=_SALT),
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return "", []
    return str(told["device"]), [str(one) for one in told["people"]]


def _of(name: str) -> str:
    """Not the name itself: whoever finds the device learns nobody's."""
    text = f"{settings.SECRET_KEY}\n{name.strip().casefold()}"
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
