"""What a scenario, or an alert with words of its own, asks of its texts."""

from dispatcher.alerts import scenarios
from dispatcher.alerts.models import Alert
from dispatcher.wording.checks import NOTHING, Asked

OWN = "alert:"
"""How the keys of words begin that were written for one alert alone (`survey.own_key`)."""


def asked(key: str, channel: str) -> Asked:
    """What is asked of the texts under a key; nothing where the key names no scenario."""
    head, *rest = key.split(".")
    if head.startswith(OWN):
        return _of_alert(head.removeprefix(OWN), rest[0] if rest else "", channel)
    if head not in scenarios.names() or len(rest) != 2:  # noqa: PLR2004  # part and group
        return NOTHING
    part, group = rest
    return scenarios.load(head).asked(part, group, channel)


def _of_alert(number: str, group: str, channel: str) -> Asked:
    rows = Alert.objects.filter(pk=int(number)) if number.isdigit() else Alert.objects.none()
    found = rows.values_list("scenario", "part").first()
    return scenarios.load(found[0]).asked(found[1], group, channel) if found else NOTHING
