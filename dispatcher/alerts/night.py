"""Quiet hours of an alert: the scenario's or its own, or why they do not hold this time."""

import re
from datetime import time

from dispatcher.alerts import scenarios
from dispatcher.alerts.models import Alert
from dispatcher.alerts.scenarios import Part
from dispatcher.fanout.plan import Quiet
from dispatcher.kit.errors import Refused

SHORTEST_REASON = 10
"""Characters of the reason for waking people: "urgent" tells nothing to who reads it later."""
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def read(text: str) -> Quiet:
    """`21:00-08:00` as hours. Raises `alerts.bad_quiet_hours`."""
    found = _HOURS.fullmatch(text.strip())
    if found is None or found[1] + found[2] == found[3] + found[4]:
        raise Refused("alerts.bad_quiet_hours", hours=text)
    hour, minute, last_hour, last_minute = map(int, found.groups())
    return Quiet(time(hour, minute), time(last_hour, last_minute))


def check_reason(reason: str) -> str:
    """The reason for an override; '' for none. Raises `alerts.reason_missing`."""
    reason = reason.strip()[:300]
    if reason and len(reason) < SHORTEST_REASON:
        raise Refused("alerts.reason_missing", least=SHORTEST_REASON)
    return reason


def quiet(alert: Alert) -> tuple[Quiet | None, str]:
    """The hours that hold this alert back, and why those that there are do not hold.

    Routine messages wait, and the parts that the scenario names; what is urgent or about life does
    not, unless its author set hours for it.
    """
    scenario = scenarios.load(alert.scenario)
    hours = _hours(alert)
    if hours is None or alert.quiet_override:
        return None, alert.quiet_override
    asked = scenario.quiet_hours.parts if scenario.quiet_hours else tuple[Part, ...]()
    if alert.quiet_hours or scenario.severity == "routine" or alert.part in asked:
        return hours, ""
    return None, scenario.severity


def _hours(alert: Alert) -> Quiet | None:
    if alert.quiet_hours:
        return read(alert.quiet_hours)
    told = scenarios.load(alert.scenario).quiet_hours
    return Quiet(told.start, told.end, told.channels) if told else None
