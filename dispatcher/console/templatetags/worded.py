"""Words of the translators' pages: keys, states, fields, directions."""

from django import template

from dispatcher.console.words import names
from dispatcher.reports import words
from dispatcher.wording import tags

register = template.Library()


@register.filter
def key_name(key: str) -> str:
    """Recall.first.consumer as people say it."""
    return names.key_name(key)


@register.filter
def group(key: str) -> str:
    """Name of a stakeholder group."""
    return names.group_name(key)


@register.filter
def standing(state: str) -> str:
    """Name of a text's state."""
    return str(names.STATES.get(state, state))


@register.filter
def standing_icon(state: str) -> str:
    """Its icon."""
    return names.SIGNS.get(state, ("note", ""))[0]


@register.filter
def standing_tone(state: str) -> str:
    """Good, bad or doubt."""
    return names.SIGNS.get(state, ("note", ""))[1]


@register.filter
def field_name(field: str) -> str:
    """Name of a field of a text."""
    return str(names.FIELDS.get(field, field))


@register.filter
def direction(tag: str) -> str:
    """Direction of a language: ltr or rtl."""
    return tags.direction(tag)


@register.filter
def rule_name(rule: str) -> str:
    """Name of a country's rule."""
    return str(names.RULES.get(rule, rule))


@register.filter
def rule_says(says: str) -> str:
    """What it comes to."""
    return names.rule_says(says)


@register.filter
def scenario_name(key: str) -> str:
    """Name of a scenario."""
    return str(words.SCENARIOS.get(key, key))


@register.filter
def part_name(key: str) -> str:
    """Name of a part: first notice, update, correction, all-clear."""
    return str(words.PARTS.get(key, key))
