"""How a form's field is drawn: its kind, and its control with all that a screen reader is told."""

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def is_box(field: BoundField) -> bool:
    """A single box to tick: its label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """Several choices, each with a label of its own."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def described(field: BoundField) -> str:
    """The ids of the hint and the error that belong to the field."""
    ids = [f"{field.auto_id}_hint"] if field.help_text else []
    return " ".join([*ids, f"{field.auto_id}_wrong"] if field.errors else ids)


@register.filter
def control(field: BoundField) -> SafeString:
    """The control itself, with its description and whether it is wrong."""
    told: dict[str, str | bool] = {}
    if ids := described(field):
        told["aria-describedby"] = ids
    if field.errors:
        told["aria-invalid"] = "true"
    return field.as_widget(attrs=told)
