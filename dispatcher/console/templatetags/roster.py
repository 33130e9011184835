"""Roles and deeds as the reader calls them."""

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext

from dispatcher.operators import deeds
from dispatcher.operators.roles import NAMES, Role
from dispatcher.reports import words

register = template.Library()

VALUES: Mapping[str, Mapping[str, object]] = {
    "mode": words.MODES,
    "role": {role.value: name for role, name in NAMES.items()},
}
"""Details whose values have names."""


@register.filter
def role(key: str) -> str:
    """Name of a role."""
    return str(NAMES[Role(key)])


@register.filter
def detail(value: object, name: str = "") -> str:
    """A detail of a line of the journal: in words where `name` has some, lists without brackets."""
    if isinstance(value, bool):
        return gettext("yes,no").split(",")[not value]
    if isinstance(value, list):
        return words.listing(value)
    return str(VALUES.get(name, {}).get(str(value), value))


@register.filter
def deed(what: str) -> str:
    """What a line of the journal says was done."""
    return deeds.told(what)


@register.filter
def named(detail: str) -> str:
    """What a detail of a line of the journal is called."""
    return deeds.detail(detail)
