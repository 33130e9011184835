"""Who is in an audience, read once for all pages and everybody who asks for the same.

What was read lies in Valkey under the name of the very question (`crowds.name`) with the registry's
version of before: it is told as long as that version stands, so it is never older than the
registry itself, and read anew when anybody in it has changed, or when Valkey is away.
"""

import hashlib
import time

from django.conf import settings

from contacts import changes, crowds
from contacts.crowds import Alike, Crowd, Reachable
from contacts.reach import Audience, Scope
from dispatcher.alerts import preview, survey
from dispatcher.alerts.models import Alert
from dispatcher.console import shelf

MOST = 50_000
"""Rows that are kept, about a megabyte; a million invented people are 5,800, 115 kB."""


def crowd(alert: Alert) -> Crowd:
    """The people of the alert's own audience. Raises what `contacts.reach` raises."""
    return _gathered(survey.audience(alert), survey.scope(alert), survey.kind(alert))


def ready(alert: Alert, audience: Audience, *, scope: Scope) -> Reachable | None:
    """The figures when they are known already; None when everybody must be read for them."""
    key = _key(audience, scope, survey.kind(alert))
    kept = _kept(key, changes.version())
    return kept.reachable if kept else None


def count(alert: Alert, audience: Audience, *, scope: Scope) -> Reachable:
    """The figures of an audience, counted for the alert's kind of message.

    Raises what `contacts.reach` raises.
    """
    return _gathered(audience, scope, survey.kind(alert)).reachable


def saved(alert: Alert, *, scope: Scope) -> Reachable:
    """The figures of the alert's own audience. Raises what `contacts.reach` raises."""
    if alert.affected:
        return preview.reachable(alert, crowd(alert))
    return count(alert, of(alert), scope=scope)


def of(alert: Alert) -> Audience:
    """The alert's audience, as far as it can be said in words."""
    return Audience(segment=alert.segment, list_id=alert.list_id)


def _gathered(audience: Audience, scope: Scope, kind: str) -> Crowd:
    """Kept with the version of before the reading: who changes meanwhile makes it an old one."""
    key, version = _key(audience, scope, kind), changes.version()
    kept = _kept(key, version)
    if kept:
        return kept
    began = time.perf_counter()
    found = crowds.gather(audience, scope=scope, kind=kind)
    took = time.perf_counter() - began
    if len(found.alike) <= MOST:
        shelf.keep(key, mark=str(version), html=found.packed(), took=took)
    return found


def _kept(key: str, version: int) -> Crowd | None:
    held = shelf.take(key)
    return Crowd.unpacked(held.html) if held and held.mark == str(version) else None


def _key(audience: Audience, scope: Scope, kind: str) -> str:
    asked = crowds.name(audience, scope=scope, kind=kind)
    held = repr((asked, Alike._fields, settings.SECRET_KEY)).encode()
    return f"console:crowd:{hashlib.sha256(held).hexdigest()[:32]}"
