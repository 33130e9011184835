"""Roles and deeds as the reader calls them."""

from collections.abc import Callable, Mapping

from django import template
from django.template import Context
from django.utils.translation import gettext

from dispatcher.console.alerts import deciding_words
from dispatcher.operators import deeds
from dispatcher.operators.roles import NAMES, Role
from dispatcher.reports import words

register = template.Library()

VALUES: Mapping[str, Mapping[str, object]] = {
    "fallback": deciding_words.FALLBACKS,
    "mode": words.MODES,
    "role": {role.value: name for role, name in NAMES.items()},
    "room": deeds.ROOMS,
    "scenario": words.SCENARIOS,
    "stance": deciding_words.STANCES,
}
"""Details whose values have names."""
CALLED: Mapping[str, Callable[[str], str]] = {
    "country": words.region_name,
    "default_language": words.language_name,
    "language": words.language_name,
    "languages": words.language_name,
    "locale": words.language_name,
    "region": words.region_name,
}
"""Details whose values CLDR has names for."""
OFFICES = frozenset({"office", "without"})
"""Details that are offices; what they are called is in the database."""


@register.filter
def role(key: str) -> str:
    """Name of a role."""
    return str(NAMES[Role(key)])


@register.simple_tag(takes_context=True)
def detail(context: Context, name: str, value: object) -> str:
    """A detail of a line of the journal: in words where there are some, lists without brackets.

    The page gives `offices`, by key.
    """
    if isinstance(value, list):
        return words.listing(detail(context, name, one) for one in value)
    if isinstance(value, bool):
        return gettext("yes,no").split(",")[not value]
    key = "" if value is None else str(value)
    if not key:
        return "–"
    if name in OFFICES:
        return str(context["offices"].get(key, key))
    called = CALLED.get(name)
    return called(key) if called else str(VALUES.get(name, {}).get(key, key))


@register.filter
def deed(what: str) -> str:
    """What a line of the journal says was done."""
    return deeds.told(what)


@register.filter
def named(detail: str) -> str:
    """What a detail of a line of the journal is called."""
    return deeds.detail(detail)
