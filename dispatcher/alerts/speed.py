"""How long a launch would take at the pace that its accounts are allowed."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings

from dispatcher.alerts.models import Alert
from dispatcher.alerts.survey import Told
from dispatcher.fanout.pace import FILL
from dispatcher.kit.errors import Refused
from dispatcher.providers import routing


def takes(told: Iterable[Told], *, mode: str) -> timedelta | None:
    """Until the last message of the first step leaves, when nothing else is sent meanwhile.

    None where nobody has said how fast an account may be asked.
    """
    messages: Counter[str] = Counter()
    for row in told:
        messages[row.channel] += row.people
    try:
        seconds = [n / _rate(channel, mode) for channel, n in messages.items()]
    except (Refused, ZeroDivisionError):
        return None
    return timedelta(seconds=max(seconds, default=0.0))


def _rate(channel: str, mode: str) -> float:
    """Messages a second of the account that a channel prefers."""
    account = routing.account_for(channel, mode="drill" if mode == Alert.DRILL else "real")
    return FILL * float(settings.PACE.get(account, 0))
