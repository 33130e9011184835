"""How many people an audience has, kept for some seconds: a page must not read a million twice."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict

from django.conf import settings

from contacts import reach
from contacts.reach import Audience, Reachable, Scope
from dispatcher.alerts import preview, scenarios, survey
from dispatcher.alerts.models import Alert
from dispatcher.console import shelf


def ready(alert: Alert, audience: Audience, *, scope: Scope) -> Reachable | None:
    """The figures when somebody asked for them just now; None when they must be counted."""
    kept = shelf.take(_key(alert, audience, scope))
    return Reachable(**json.loads(kept.html)) if kept and kept.rests else None


def count(alert: Alert, audience: Audience, *, scope: Scope) -> Reachable:
    """The figures of an audience, counted for the alert's kind of message.

    Raises what `contacts.reach` raises.
    """
    kind = scenarios.load(alert.scenario).kind
    return _kept(
        _key(alert, audience, scope), lambda: reach.count(audience, scope=scope, kind=kind)
    )


def saved(alert: Alert, *, scope: Scope) -> Reachable:
    """The figures of the alert's own audience. Raises what `contacts.reach` raises."""
    if alert.affected:
        return _kept(_key(alert, of(alert), scope), lambda: preview.reachable(alert))
    return count(alert, of(alert), scope=scope)


def of(alert: Alert) -> Audience:
    """The alert's audience, as far as it can be said in words."""
    return Audience(segment=alert.segment, list_id=alert.list_id)


def _kept(key: str, make: Callable[[], Reachable]) -> Reachable:
    kept = shelf.take(key)
    if kept and (kept.rests or not shelf.first(key)):
        return Reachable(**json.loads(kept.html))
    began = time.perf_counter()
    found = make()
    shelf.keep(key, mark="", html=json.dumps(asdict(found)), took=time.perf_counter() - began)
    return found


def _key(alert: Alert, audience: Audience, scope: Scope) -> str:
    affected = (survey.affected_dispatch(alert), alert.affected_wordings) if alert.affected else ()
    parts = (audience.segment, audience.list_id, scope.regions, alert.scenario, affected)
    held = repr((*parts, settings.SECRET_KEY)).encode()
    return f"console:count:{hashlib.sha256(held).hexdigest()[:32]}"
