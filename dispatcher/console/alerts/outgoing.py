"""What goes out, as an alert's page shows it: of a large audience made once for all who see it.

That is read from everybody in the audience, which takes seconds for a million. The page opens
without it and asks for it then; what was made is told for some minutes, with its time, while
neither the alert nor a text of it has changed.
"""

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from contacts import census
from dispatcher.alerts import looks, marks, survey
from dispatcher.alerts import preview as previews
from dispatcher.alerts.looks import Sight
from dispatcher.alerts.models import Alert
from dispatcher.console import shelf
from dispatcher.console.alerts import counting
from dispatcher.console.alerts import deciding_page as pages
from dispatcher.ledger import snapshots
from dispatcher.ledger.models import Dispatch
from dispatcher.operators import access
from dispatcher.operators.models import User
from dispatcher.operators.roles import STOPPERS


@dataclass(frozen=True, slots=True)
class Shown:
    """The page's part, what it showed of the alert, and when its people were counted."""

    html: str
    sight: Sight
    at: datetime


def shown(alert: Alert, *, by: User, language: str, wait: bool) -> Shown | None:
    """What goes out, with examples in `language`; None where a page should not `wait` for it.

    Raises what `alerts.preview` raises.
    """
    if few(alert):
        return _made(alert, by=by, language=language)
    key, now = _key(alert, by, language), mark(alert)
    kept = shelf.take(key)
    if kept and kept.mark == now and (kept.rests or not wait):
        told = json.loads(kept.html)
        return Shown(told["html"], Sight(**told["sight"]), datetime.fromisoformat(told["at"]))
    if not wait:
        return None
    began = time.perf_counter()
    made = _made(alert, by=by, language=language)
    told = {"html": made.html, "sight": asdict(made.sight), "at": made.at.isoformat()}
    shelf.keep(key, mark=now, html=json.dumps(told), took=time.perf_counter() - began)
    return made


def _made(alert: Alert, *, by: User, language: str) -> Shown:
    at = timezone.now()
    seen = previews.preview(alert, by=by, gather=counting.crowd)
    out = pages.outgoing(seen, language=language, scenario=alert.scenario)
    html = render_to_string("console/alerts/going.html", {"out": out})
    return Shown(html, looks.sight(alert, seen), at)


def few(alert: Alert) -> bool:
    """Whether it can be for no more people than a page may read."""
    earlier = survey.affected_dispatch(alert)
    if earlier is not None:
        return Dispatch.objects.filter(pk=earlier, targeted__lte=snapshots.SMALL).exists()
    return census.within(survey.scope(alert)) <= snapshots.SMALL


def mark(alert: Alert) -> str:
    """Of all that the author chose, and of the texts that would go out."""
    texts = [(one.name, one.wordings, one.variants) for one in survey.groups(alert)]
    told = repr((marks.of_alert(alert), alert.fingerprint, texts))
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def _key(alert: Alert, by: User, language: str) -> str:
    """Who sees all of it, may stop the same and reads the same language sees the same."""
    earlier = alert.follows
    stops = earlier and access.covers(access.regions_of(by, *STOPPERS), earlier.scope)
    zone = timezone.get_current_timezone_name()
    told = (alert.pk, language, bool(stops), translation.get_language(), zone, settings.SECRET_KEY)
    return f"console:outgoing:{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"
