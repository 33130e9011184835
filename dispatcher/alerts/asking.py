"""What a scenario, or an alert with words of its own, asks of its texts, and whose they are."""

from django.db.models import QuerySet

from dispatcher.alerts import scenarios
from dispatcher.alerts.models import Alert
from dispatcher.operators.roster import WORLD
from dispatcher.wording.checks import NOTHING, Asked
from dispatcher.wording.owning import Owner

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


def owner(key: str) -> Owner | None:
    """The regions of the alert whose own words these are; the world for one that is not there.

    So nobody writes today what the next alert but one will say.
    """
    head = key.partition(".")[0]
    if not head.startswith(OWN):
        return None
    scope = _rows(head.removeprefix(OWN)).values_list("scope", flat=True).first()
    return Owner(tuple(scope or (WORLD,)), shared=False)


def _rows(number: str) -> QuerySet[Alert]:
    known = number.isascii() and number.isdigit() and len(number) <= 18  # noqa: PLR2004  # a bigint
    return Alert.objects.filter(pk=int(number)) if known else Alert.objects.none()


def _of_alert(number: str, group: str, channel: str) -> Asked:
    found = _rows(number).values_list("scenario", "part").first()
    return scenarios.load(found[0]).asked(found[1], group, channel) if found else NOTHING
