"""To whom an alert goes when too few answer: a named group, or the deputies of an office.

Operators have no addresses; a deputy is found in the registry by the attribute `operator`, which
holds the user name.
"""

from contacts import errors as contacts_errors
from contacts import segments
from contacts.reach import vocabulary
from dispatcher.alerts import scenarios
from dispatcher.alerts.models import Alert
from dispatcher.fanout.plan import Escalation, Step
from dispatcher.kit.errors import Refused
from dispatcher.operators.models import OfficeHolder

ATTRIBUTE = "operator"
AnyRefused = Refused | contacts_errors.Refused


def escalation(alert: Alert) -> Escalation | AnyRefused | None:
    """As the plan holds it; a refusal where nobody could be told, None where nothing is asked."""
    asked = scenarios.load(alert.scenario).escalation
    if asked is None:
        return None
    to = asked.to or _deputies(asked.office)
    if not to:
        return Refused("alerts.no_deputies", office=asked.office)
    try:
        segments.parse(to, words=vocabulary())
    except contacts_errors.Refused as refused:
        return refused
    return Escalation(
        share=asked.share,
        within=int(asked.within.total_seconds()),
        to=to,
        of=asked.of,
        step=Step(asked.channels, asked.take) if asked.channels else None,
    )


def _deputies(office: str) -> str:
    """The deputies of an office as an audience; '' when it has none."""
    sitting = OfficeHolder.objects.filter(office_id=office, deputy=True, user__is_active=True)
    names = sorted(sitting.values_list("user__username", flat=True))
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"attr.{ATTRIBUTE} in ({quoted})" if names else ""
