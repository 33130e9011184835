"""Roles and deeds as the reader calls them."""

from django import template

from dispatcher.operators import deeds
from dispatcher.operators.roles import NAMES, Role

register = template.Library()


@register.filter
def role(key: str) -> str:
    """Name of a role."""
    return str(NAMES[Role(key)])


@register.filter
def deed(what: str) -> str:
    """What a line of the journal says was done."""
    return deeds.told(what)
