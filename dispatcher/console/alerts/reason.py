"""A word for the record, asked for where something is cancelled."""

from django import forms
from django.utils.translation import gettext_lazy


class Reason(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("For the record; colleagues will read it."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
