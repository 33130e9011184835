"""Letting somebody in: the session, the line in the journal, the person's own language."""

from collections.abc import Sequence

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.utils.translation import activate, get_supported_language_variant

from dispatcher.console.account import known, proof
from dispatcher.operators import journal
from dispatcher.operators.models import User

LASTS = 12 * 3600
"""Seconds that a session lasts: a long shift."""


def arrive(
    request: HttpRequest, user: User, *, how: Sequence[str], onward: str
) -> HttpResponseRedirect:
    """Begin the session of somebody who has proved who they are, and lead them on.

    `how` are the proofs in their order: password, link, invitation, code, passkey.
    """
    login(request, user)
    request.session.set_expiry(LASTS)
    for one in how:
        proof.note(request, user, one)
    UserSession.objects.purge_and_list(user)
    UserSession.objects.create_from_request(request)
    journal.note(user, "operators.signed_in", f"operator:{user.pk}", how="+".join(how))
    answer = HttpResponseRedirect(onward)
    known.remember(answer, request, user)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        speak(answer, user.language)
    return answer


def greet(request: HttpRequest, language: str) -> None:
    """Speak the language in this answer, if the pages do and none was picked on this device."""
    known = _spoken(language)
    if known and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        activate(known)


def speak(answer: HttpResponse, language: str) -> None:
    """Let this device speak the language, if the pages do."""
    known = _spoken(language)
    if not known:
        return
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        known,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )


def _spoken(language: str) -> str:
    """The pages' own tag for a language; "" for one that they do not speak."""
    try:
        return get_supported_language_variant(language.lower())
    except LookupError:
        return ""
