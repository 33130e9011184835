"""Marks: parts of a draft as somebody saw them, so that no save destroys what it did not see."""

import hashlib

from dispatcher.alerts.models import Alert, Fact
from dispatcher.kit.errors import Refused
from dispatcher.operators.models import JournalEntry, User

AUDIENCE = ("alerts.audience_set", "alerts.composed")
CHOICES = ("alerts.choices_set", "alerts.composed")
FACTS = ("alerts.fact_set", "alerts.fact_dropped", "alerts.fact_verified")
"""What the journal calls a change of each part."""


def of_audience(alert: Alert) -> str:
    """Of whom it is for."""
    return _mark(alert.segment, alert.list_id, alert.affected)


def of_choices(alert: Alert) -> str:
    """Of how it leaves."""
    return _mark(
        alert.fallback,
        alert.default_language,
        alert.expires_after,
        alert.quiet_hours,
        alert.quiet_override,
        alert.stance,
    )


def of_fact(fact: Fact | None) -> str:
    """Of one fact; '' of none. Verifying changes it too."""
    return "" if fact is None else _mark(fact.value, fact.source, fact.set_at, fact.verified_at)


def of_alert(alert: Alert) -> str:
    """Of all that an author can change, and of the state."""
    facts = [(row.name, row.region, row.language, of_fact(row)) for row in alert.facts.all()]
    return _mark(alert.pk, alert.state, of_audience(alert), of_choices(alert), facts)


def check(alert: Alert, *, seen: str | None, now: str, what: tuple[str, ...]) -> None:
    """Raise `alerts.changed_by_other` (number, who) when it is not what was seen; None: no matter.

    Of a locked alert, so that nobody changes it between the look and the deed.
    """
    if seen is None or seen == now:
        return
    raise Refused("alerts.changed_by_other", number=alert.number, who=changed_by(alert, what))


def changed_by(alert: Alert, what: tuple[str, ...]) -> str:
    """The name of whoever was the last to do one of these things."""
    lines = JournalEntry.objects.filter(about=f"alert:{alert.pk}", what__in=what)
    last = lines.order_by("-pk").first()
    found = User.objects.filter(pk=last.who_id).first() if last and last.who_id else None
    return found.get_full_name() if found else "-"


def _mark(*held: object) -> str:
    return hashlib.sha256(repr(held).encode()).hexdigest()[:20]
