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
def detail(value: object) -> str:
    """A detail of a line of the journal: lists without their brackets."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@register.filter
def deed(what: str) -> str:
    """What a line of the journal says was done."""
    return deeds.told(what)
