"""What carriers and readers ask of us: every request is verified before it is read."""

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from dispatcher.hooks.counts import count
from dispatcher.providers import routing
from dispatcher.providers.base import Forged, Knock
from dispatcher.tracking.acknowledge import acknowledge, language_of
from dispatcher.tracking.receive import Gathering

log = structlog.get_logger(__name__)
_GATHERING = Gathering()


@csrf_exempt  # the carrier's signature is the proof of origin
@require_POST
def receipts(request: HttpRequest, carrier: str, **path: int) -> HttpResponse:
    """A carrier's callback: 204 once it is committed; 403, counted, when it is forged."""
    knock = Knock(
        url=settings.PUBLIC_URL + request.get_full_path(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        path={name: str(value) for name, value in path.items()},
    )
    for mode, provider in routing.open_doors(carrier):
        try:
            provider.verify(knock)
        except Forged:
            continue
        _GATHERING.receive(provider.read_receipts(knock), mode=mode)
        return HttpResponse(status=204)
    count("forged", carrier)
    log.warning("forged_receipt", carrier=carrier)
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
