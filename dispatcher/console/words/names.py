"""What texts, their states and their readers are called on the pages of words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dispatcher.reports import words

VOUCHED, UNVOUCHED = "accepted", "shipped"
"""A named person stands for it; it came with the program and nobody does yet."""
STATES: Mapping[str, Promise] = {
    VOUCHED: _("Accepted"),
    UNVOUCHED: _("Shipped: nobody vouches for it yet"),
    "in_review": _("In review"),
    "machine_draft": _("Machine draft"),
    "needs_editing": _("Needs editing"),
    "stale": _("Stale: the source has changed"),
    "missing": _("Missing"),
}
"""From best to worst."""
SIGNS: Mapping[str, tuple[str, str]] = {
    VOUCHED: ("met", "good"),
    UNVOUCHED: ("note", "doubt"),
    "in_review": ("open", "doubt"),
    "machine_draft": ("running", "doubt"),
    "needs_editing": ("edit", "bad"),
    "stale": ("unknown", "bad"),
    "missing": ("missed", "bad"),
}
"""State -> its icon and its tone."""
GROUPS: Mapping[str, Promise] = {
    "consumer": _("Consumers"),
    "retailer": _("Retailers"),
    "employee": _("Employees"),
    "customer": _("Customers"),
    "patient": _("Patients"),
    "clinician": _("Clinicians"),
    "media": _("Press and media"),
    "point_of_sale": _("Points of sale"),
    "regulator": _("Regulators"),
}
FIELDS: Mapping[str, Promise] = {
    "text": _("Text"),
    "subject": _("Subject"),
    "title": pgettext_lazy("part of a text", "Title"),
    "body": _("Body"),
}
ORDER = ("text", "subject", "title", "body")
RULES: Mapping[str, Promise] = {
    "links": _("Links in text messages"),
    "phones": _("Phone numbers in text messages"),
    "sender": _("Sender"),
    "replies": _("Replies"),
    "hours": _("Hours in which messages may arrive"),
    "receipts": _("Delivery receipts"),
}
SAYS: Mapping[str, str] = {
    "refused": gettext_noop("Refused"),
    "registered": gettext_noop("Only after registration"),
    "numeric": gettext_noop("Only a number, no name"),
    "none": gettext_noop("Not possible"),
    "partial": gettext_noop("Not from every network"),
}


def group_name(key: str) -> str:
    """A stakeholder group in the active language; an organisation's own as it is written."""
    return str(GROUPS.get(key, key.replace("_", " ")))


def key_name(key: str) -> str:
    """`recall.first.consumer` as people say it; `alert:7.consumer` as the texts of an alert.

    A variant is named behind it as it is written.
    """
    plain, _plus, variant = key.partition("+")
    parts = plain.split(".")
    if plain.startswith("alert:") and len(parts) == 2:  # noqa: PLR2004  # alert:7 and a group
        number = parts[0].removeprefix("alert:")
        told = gettext("Alert %(number)s · %(group)s") % {
            "number": number,
            "group": group_name(parts[1]),
        }
    elif len(parts) == 3:  # noqa: PLR2004  # scenario, part, group
        told = f"{words.subject(parts[0], parts[1])} · {group_name(parts[2])}"
    else:
        told = plain
    return f"{told} ({variant})" if variant else told


def rule_says(says: str) -> str:
    """What a country's rule comes to; hours as they are written."""
    return gettext(SAYS[says]) if says in SAYS else says
