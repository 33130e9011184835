"""What carriers and readers ask of us: every request is verified before it is read."""

from collections.abc import Mapping

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from dispatcher.hooks.counts import count
from dispatcher.providers import routing, twilio_inbound
from dispatcher.providers.base import Forged, Knock, Provider
from dispatcher.providers.routing import Mode
from dispatcher.tracking import replies
from dispatcher.tracking.acknowledge import acknowledge, language_of
from dispatcher.tracking.receive import Gathering

log = structlog.get_logger(__name__)
EARS = {"twilio": twilio_inbound.EAR}
"""Carriers by which people can write to us."""
_GATHERING = Gathering()


@csrf_exempt  # the carrier's signature is the proof of origin
@require_POST
def receipts(request: HttpRequest, carrier: str, **path: int) -> HttpResponse:
    """A carrier's callback: 204 once it is committed; 403, counted, when it is forged."""
    knock = _knock(request, path)
    signer = _signer(carrier, knock)
    if signer is None:
        return _forged(carrier, "forged_receipt")
    mode, provider = signer
    _GATHERING.receive(provider.read_receipts(knock), mode=mode)
    return HttpResponse(status=204)


@csrf_exempt  # the carrier's signature is the proof of origin
@require_POST
def inbound(request: HttpRequest, carrier: str) -> HttpResponse:
    """A message that somebody wrote to us: 200 with our answer once it is committed, else 403."""
    knock, ear = _knock(request, {}), EARS[carrier]
    signer = _signer(carrier, knock)
    if signer is None:
        return _forged(carrier, "forged_reply")
    message = ear.read(knock)
    text = replies.receive(message, carrier=carrier, mode=signer[0]) if message else ""
    return HttpResponse(ear.answer(text), content_type=ear.kind)


def _knock(request: HttpRequest, path: Mapping[str, int]) -> Knock:
    return Knock(
        url=settings.PUBLIC_URL + request.get_full_path(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        path={name: str(value) for name, value in path.items()},
    )


def _signer(carrier: str, knock: Knock) -> tuple[Mode, Provider] | None:
    """The account whose signature fits, with its mode; None when it is forged."""
    for mode, provider in routing.open_doors(carrier):
        try:
            provider.verify(knock)
        except Forged:
            continue
        return mode, provider
    return None


def _forged(carrier: str, event: str) -> HttpResponse:
    count("forged", carrier)
    log.warning(event, carrier=carrier)
    return HttpResponse(status=403)


@never_cache
@csrf_exempt  # the signed link is the proof; it can do one thing, once
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledgement(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button, in the language of the message that the link came with.

    Only the button counts: mail scanners and previews follow links, people press.
    """
    language = language_of(token)
    done = request.method == "POST" and acknowledge(token)
    status = 404 if language is None else 200
    with translation.override((language or settings.LANGUAGE_CODE).lower()):
        page = {"known": language is not None, "done": done, "organisation": settings.ORGANISATION}
        return render(request, "hooks/acknowledge.html", page, status=status)
