"""The report on paper: typeset once for all who see the same, kept while it stays the same.

Typesetting takes a second of a processor and more. So a version is kept, one that still changes is
made anew no sooner than it rests, and one person has one typeset at a time.
"""

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone, translation

from dispatcher.console import shelf
from dispatcher.console.dispatches.seen import Seen
from dispatcher.console.paper import written
from dispatcher.ledger import tally
from dispatcher.operators.models import User

LARGEST = 2 << 20
"""Bytes of a document that is kept; a larger one is typeset for each who asks, one at a time."""


@dataclass(frozen=True, slots=True)
class Document:
    """A report as PDF, and the tag by which a browser knows it again."""

    content: bytes
    tag: str


def document(seen: Seen, *, by: User, html: Callable[[], str]) -> Document | None:
    """The report as it stands, or stood just now; None while another of theirs is being typeset."""
    key, mark = _key(seen), _mark(seen)
    kept = shelf.take(key)
    if kept is not None and (kept.mark == mark or kept.rests):
        return Document(base64.b64decode(kept.html), _tag(key, kept.mark))
    turn = f"console:typesetting:{by.pk}"
    if not shelf.first(turn):
        return None
    try:
        began = time.perf_counter()
        content = written(html())
        if len(content) <= LARGEST:
            held = base64.b64encode(content).decode()
            shelf.keep(key, mark=mark, html=held, took=time.perf_counter() - began)
    finally:
        shelf.done(turn)
    return Document(content, _tag(key, mark))


def _mark(seen: Seen) -> str:
    """Differs whenever the report would: its figures, its state, whether it is paused."""
    made = seen.dispatch
    held = (made.state, made.paused_at, made.stopped_at, made.completed_at)
    return "|".join(map(str, (tally.mark(made.pk), *held)))


def _key(seen: Seen) -> str:
    """Who sees the same regions in the same language and zone gets the same document."""
    parts = (seen.dispatch.pk, seen.dispatch.alert_ref, seen.title, *seen.regions)
    zone = timezone.get_current_timezone_name()
    told = (*parts, translation.get_language(), zone, settings.SECRET_KEY)
    return f"console:paper:{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"


def _tag(key: str, mark: str) -> str:
    return f'"{hashlib.sha256(f"{key}|{mark}".encode()).hexdigest()[:20]}"'
