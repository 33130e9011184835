"""What a sender decides about an alert, checked: its audience, and how it leaves."""

from collections.abc import Sequence
from datetime import timedelta
from typing import get_args

from contacts import lists, segments
from contacts.models import AdHocList
from contacts.reach import vocabulary
from contacts.regions import Scope
from dispatcher.alerts import night
from dispatcher.alerts.models import Alert
from dispatcher.alerts.scenarios import Fallback, Scenario
from dispatcher.kit.errors import Refused
from dispatcher.wording import tags

LONGEST_LIFE = timedelta(days=30)
"""An alert that may still leave a month later is a mistake, not a plan."""


def one_of(what: str, word: str, known: Sequence[str]) -> None:
    """Raise `alerts.unknown_<what>` for a word that is not known."""
    if word not in known:
        raise Refused(f"alerts.unknown_{what}", word=word, known=", ".join(known))


def quiet(plan: Scenario, hours: str, reason: str) -> dict[str, str]:
    """What the author says about quiet hours; what is about life waits for nobody's sleep.

    Raises `alerts.bad_quiet_hours|quiet_life_safety|reason_missing`.
    """
    if hours:
        night.read(hours)
        if plan.severity == "life_safety":
            raise Refused("alerts.quiet_life_safety", scenario=plan.key)
    return {"quiet_hours": hours.strip(), "quiet_override": night.check_reason(reason)}


def choices(
    plan: Scenario, expires_after: timedelta | None, fallback: str, default_language: str
) -> dict[str, object]:
    """The columns; what is not given is the scenario's.

    Raises `alerts.unknown_fallback|bad_expiry`, `wording.language_unknown`.
    """
    one_of("fallback", fallback or plan.fallback, get_args(Fallback))
    life = plan.expires_after if expires_after is None else expires_after
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise Refused("alerts.bad_expiry", most=LONGEST_LIFE.days)
    return {
        "fallback": fallback or plan.fallback,
        "default_language": tags.canonical(default_language or plan.default_language),
        "expires_after": life,
    }


def audience(
    segment: str,
    list_id: int | None,
    *,
    scope: Sequence[str],
    follows: Alert | None,
    alert: Alert | None = None,
) -> dict[str, object]:
    """Checked columns of an audience; an empty one is a draft's right, not a submission's.

    `scope` are the regions of the alert: a list of people who all live elsewhere is not there, or
    any draft could hold it back from those whose it is.
    Raises `alerts.unknown_list|list_of_another`, `contacts.segment_*`.
    """
    if segment.strip():
        segments.parse(segment, words=vocabulary())
    if list_id is not None:
        there = AdHocList.objects.filter(pk=list_id, erased_at=None).exists()
        theirs = follows.list_id if follows else None
        inside = Scope(regions=tuple(scope))
        if not there or (list_id != theirs and lists.elsewhere(list_id, scope=inside)):
            raise Refused("alerts.unknown_list", list=list_id)
        others = Alert.objects.filter(list_id=list_id).exclude(pk=alert.pk if alert else 0)
        if others.exclude(pk__in=_chain(follows)).exists():
            raise Refused("alerts.list_of_another", list=list_id)
    return {"segment": segment.strip(), "list_id": list_id}


def _chain(alert: Alert | None) -> list[int]:
    """The alert and those that it follows: they may share a private list."""
    found: list[int] = []
    while alert is not None:
        found.append(alert.pk)
        alert = alert.follows
    return found
