"""What one may choose from when people are sought or corrected: places, roles, states."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts import errors, languages, territories
from contacts.models import OwnRegion, Role
from contacts.regions import OWN, Scope
from dispatcher.reports import words

STATES = {
    "": _("Everybody"),
    "sms": _("A phone number that works"),
    "email": _("An e-mail address that works"),
    "push": _("A device that works"),
    "dead": _("An address that is dead"),
    "opted_out": _("Has opted out of something"),
    "unreachable": _("No way to reach them"),
    "no_language": _("No language known"),
    "unconfirmed": _("Not confirmed for a year"),
}
"""contacts.finding.STATES as people say them."""


def roles(*, nobody: bool = True) -> list[tuple[str, str]]:
    """The contacts' roles by their titles."""
    held = [(key, gettext(title)) for key, title in Role.objects.values_list("key", "title")]
    return [("", gettext("Any role")), *held] if nobody else held


def role_names() -> dict[str, str]:
    """Key -> title in the reader's language."""
    return dict(roles(nobody=False))


def places(scope: Scope) -> list[tuple[str, str]]:
    """The countries inside the scope and the own regions: (what is typed, what it is called)."""
    inside = scope.territory()
    known = territories.countries() if inside.world else inside.countries
    named = sorted((words.region_name(code), code) for code in known)
    parts = sorted(inside.subdivisions) if not inside.countries else []
    own = OwnRegion.objects.order_by("title").values_list("key", "title")
    return [
        *((OWN + key, title) for key, title in own),
        *((name, code) for name, code in named),
        *((code, words.region_name(code)) for code in parts),
    ]


def region(text: str) -> str:
    """The code of a region as people write it: a name in any of our languages, or a code.

    Raises ValidationError.
    """
    text = text.strip()
    if not text or text.startswith(OWN):
        return text.casefold()
    try:
        return territories.named(text) or territories.canonical(text)
    except errors.Refused as error:
        raise forms.ValidationError(errors.sentence(error)) from None


def language(text: str) -> str:
    """The tag of a language as people write it. Raises ValidationError."""
    try:
        return languages.tag(text) if text.strip() else ""
    except errors.Refused as error:
        raise forms.ValidationError(errors.sentence(error)) from None
