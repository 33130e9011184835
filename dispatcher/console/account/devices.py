"""Where somebody is signed in: seen, listed, ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from dispatcher.operators import journal
from dispatcher.operators.models import User

GRAIN = timedelta(minutes=5)
"""How exactly it is known when a device was last seen; polls are not asked at all."""
_POLLS = frozenset({"hx-request", "if-none-match"})
"""Headers of requests that no person makes."""
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""What a browser says of itself -> its name; the first that fits: most say they are Safari too."""
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser in which somebody is signed in."""

    number: int
    name: str
    address: str
    since: datetime
    seen: datetime
    this: bool


def mine(request: HttpRequest, user: User) -> list[Device]:
    """The person's signed-in devices, this one first, then the last seen."""
    found = [
        Device(
            one.pk, called(one.user_agent), one.ip, one.created_at, one.last_seen_at,
            this=one.session_key == request.session.session_key,
        )
        for one in UserSession.objects.purge_and_list(user)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.this, -one.seen.timestamp()))


def end(user: User, *, by: User, number: int | None = None, but: str | None = None) -> int:
    """End one session of the user, or all but the one with this key; how many ended."""
    sessions = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    ended = list(sessions if number is None else sessions.filter(pk=number))
    for session in ended:
        session.end()
    if ended:
        journal.note(by, "operators.signed_out", f"operator:{user.pk}", devices=len(ended))
    return len(ended)


def called(agent: str) -> str:
    """A browser's long name for itself, in two words; only its owner needs to know it again."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("An unknown browser")


class SeenMiddleware:
    """Keeps when and from which address a session was last used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One statement on a unique index, which mostly finds nothing to do."""
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if key and key.isalnum() and not _POLLS & {name.lower() for name in request.headers}:
            now = timezone.now()
            UserSession.objects.filter(session_key=key, last_seen_at__lt=now - GRAIN).update(
                last_seen_at=now, ip=get_adapter().get_client_ip(request)
            )
        return self.get_response(request)
