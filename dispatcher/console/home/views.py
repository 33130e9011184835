"""The first page: where one stands after signing in; its figures move by themselves."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import parse_etags
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from dispatcher.console.door import person, signed_in
from dispatcher.console.home import page as pages

BEAT = 3
"""Seconds between two polls while something runs."""
SLOW_BEAT = 20
"""… and while nothing does."""


@never_cache
@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What runs, what waits for this person, what is planned, what is wrong, and the way in."""
    found = pages.home(person(request))
    held = request.GET.get("updates") == "off"
    told = {
        "area": "home",
        "home": found,
        "held": held,
        "now": _tagged(_moving(found.running, found.wrong, polled=not held))[0],
    }
    return render(request, "console/home/home.html", told)


@gzip_page
@require_safe
@signed_in
def home_live(request: HttpRequest) -> HttpResponse:
    """What runs and what is wrong, alone; 304 while nothing has changed."""
    user = person(request)
    html = _moving(tuple(pages.moving(user)), tuple(pages.wrong(user)), polled=True)
    html, tag = _tagged(html)
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(html)
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _tagged(html: str) -> tuple[str, str]:
    """The page with its own tag in it, for the next poll, and the tag."""
    tag = f'"{hashlib.sha256(html.encode()).hexdigest()[:20]}"'
    return html.replace("(tag)", tag.replace('"', "\\&quot;")), tag


def _moving(
    running: tuple[pages.Running, ...], wrong: tuple[pages.Wrong, ...], *, polled: bool
) -> str:
    told = {
        "running": running,
        "wrong": wrong,
        "beat": (BEAT if running else SLOW_BEAT) if polled else None,
    }
    return render_to_string("console/home/moving.html", told)
