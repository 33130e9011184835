"""The heavy part of a page: made once for all who see the same, and never while a page waits.

A page opens at once and asks for its board afterwards (`whole` in the address makes it at once,
for who has no JavaScript).
"""

import hashlib
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation

from contacts import changes
from dispatcher.alerts import desk, marks
from dispatcher.console import shelf
from dispatcher.console.alerts.draft import Draft


def board(request: HttpRequest, draft: Draft, *, name: str, make: Callable[[], str]) -> str | None:
    """The HTML; None when it must be made and the page should not wait for it."""
    key, mark = _key(draft, name), f"{marks.of_alert(draft.alert)} {changes.version()}"
    kept = shelf.take(key)
    if kept and kept.mark == mark and kept.rests:
        return kept.html
    if "HX-Request" not in request.headers and "whole" not in request.GET:
        return None
    began = time.perf_counter()
    html = make()
    return shelf.keep(key, mark=mark, html=html, took=time.perf_counter() - began).html


def _key(draft: Draft, name: str) -> str:
    """Who sees the same regions in the same language and zone sees the same board."""
    seen = desk.regions_seen(draft.user, draft.alert)
    told = (draft.alert.pk, name, seen, draft.owns, translation.get_language())
    held = repr((*told, timezone.get_current_timezone_name(), settings.SECRET_KEY)).encode()
    return f"console:board:{hashlib.sha256(held).hexdigest()[:32]}"
