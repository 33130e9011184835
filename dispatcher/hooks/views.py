"""What carriers and readers ask of us: every request is verified before it is read."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from dispatcher.hooks.locks import EARS, Let, Lock
from dispatcher.tracking import replies
from dispatcher.tracking.acknowledge import acknowledge, language_of
from dispatcher.tracking.receive import Gathering

_GATHERING = Gathering()


@csrf_exempt  # the carrier's signature is the proof of origin
@require_POST
def receipts(request: HttpRequest, carrier: str, **path: int) -> HttpResponse:
    """A carrier's callback: 204 once it is committed; 403, counted, when it is forged."""
    let = _let_in(request, carrier, path)
    if let is None:
        return HttpResponse(status=403)
    _GATHERING.receive(let.provider.read_receipts(let.knock), mode=let.mode)
    return HttpResponse(status=204)


@csrf_exempt  # the carrier's signature is the proof of origin
@require_POST
def inbound(request: HttpRequest, carrier: str) -> HttpResponse:
    """A message that somebody wrote to us: 200 with our answer once it is committed, else 403."""
    let, ear = _let_in(request, carrier, {}), EARS[carrier]
    if let is None:
        return HttpResponse(status=403)
    message = ear.read(let.knock)
    text = replies.receive(message, carrier=carrier, mode=let.mode) if message else ""
    return HttpResponse(ear.answer(text), content_type=ear.kind)


def _let_in(request: HttpRequest, carrier: str, path: Mapping[str, int]) -> Let | None:
    return Lock().open(
        carrier,
        request.get_full_path(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        captured={name: str(value) for name, value in path.items()},
    )


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
    spoken = language or translation.get_language_from_request(request)
    with translation.override(spoken.lower()):
        page = {"known": language is not None, "done": done, "organisation": settings.ORGANISATION}
        return render(request, "hooks/acknowledge.html", page, status=status)
