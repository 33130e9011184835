"""The living part of the report page: made once for all who see the same, tagged for polls."""

import hashlib
import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from dispatcher.console import shelf
from dispatcher.console.dispatches.page import Motion, Page, motion, page
from dispatcher.console.dispatches.seen import Seen
from dispatcher.ledger import moving, tally
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.statements import ledger_now
from dispatcher.reports import after_action
from dispatcher.reports.after_action import Report

BEAT = 2
"""Seconds between two polls while it runs."""
SLOW_BEAT = 15
"""Seconds between two polls once it is complete: late receipts still climb."""
SETTLING = 3600
"""Seconds after completion in which late receipts are still waited for."""
PULSE = 15
"""Seconds after which the speed is told anew while nothing else changes: it falls when all stands
still."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """HTML and its entity tag; equal tags mean equal HTML."""

    html: str
    tag: str


def latest(seen: Seen, *, polled: bool) -> Fragment:
    """The report as HTML; not `polled`: without the part that asks for the next one."""
    key = _key(seen, polled=polled)
    mark = _mark(seen.dispatch)
    kept = shelf.take(key)
    if kept is None or (kept.mark != mark and not kept.rests and shelf.first(key)):
        began = time.perf_counter()
        html = _render(seen, tag=_tag(key, mark), polled=polled)
        kept = shelf.keep(key, mark=mark, html=html, took=time.perf_counter() - began)
    return Fragment(kept.html, _tag(key, kept.mark))


def unchanged(seen: Seen, tags: Collection[str]) -> str:
    """The tag of the living part where it is one of these; '' else. Nothing is made, nor read."""
    key = _key(seen, polled=True)
    now = _tag(key, _mark(seen.dispatch))
    if now in tags:
        return now
    label = shelf.label(key)
    kept = _tag(key, label.mark) if label and label.rests else ""
    return kept if kept in tags else ""


def now_of(seen: Seen) -> Page:
    """The page's values as they stand."""
    report, now = after_action.report(seen.dispatch, scope=seen.scope), ledger_now()
    return page(report, now=now, motion=_motion(seen, report, now=now))


def beat(dispatch: Dispatch) -> int | None:
    """Seconds until the next poll; None when nothing more is waited for."""
    if dispatch.completed_at is None:
        return BEAT
    since = (timezone.now() - dispatch.completed_at).total_seconds()
    return SLOW_BEAT if since < SETTLING else None


def _render(seen: Seen, *, tag: str, polled: bool) -> str:
    told = {
        "seen": seen,
        "dispatch": seen.dispatch,
        "page": now_of(seen),
        "beat": beat(seen.dispatch) if polled else None,
        "headers": json.dumps({"If-None-Match": tag}),
    }
    return render_to_string("console/dispatches/report.html", told)


def _motion(seen: Seen, report: Report, *, now: datetime) -> Motion | None:
    """Of what runs or is paused; who sees a part only is told the speed of that part."""
    if report.state in {"complete", "stopped"}:
        return None
    speed = moving.speed(seen.dispatch.pk, regions=after_action.codes(seen.scope))
    oldest = moving.oldest_waiting(seen.dispatch.pk) if seen.whole else None
    return motion(report, speed=speed, oldest=oldest, now=now)


def _mark(dispatch: Dispatch) -> str:
    """Differs whenever the page would: figures, state, pause, stop, the pace of the polls, time."""
    moves = not (dispatch.completed_at or dispatch.stopped_at)
    pulse = int(time.time() / PULSE) if moves else 0
    held = (dispatch.state, dispatch.paused_at, dispatch.stopped_at, beat(dispatch), pulse)
    return "|".join(map(str, (tally.mark(dispatch.id), *held)))


def _key(seen: Seen, *, polled: bool) -> str:
    """Who sees the same regions in the same language and zone sees the same page."""
    zone = timezone.get_current_timezone_name()
    parts = (seen.dispatch.pk, seen.dispatch.alert_ref, *seen.regions)
    told = (*parts, translation.get_language(), zone, polled, settings.SECRET_KEY)
    return f"console:report:{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"


def _tag(key: str, mark: str) -> str:
    return f'"{hashlib.sha256(f"{key}|{mark}".encode()).hexdigest()[:20]}"'
