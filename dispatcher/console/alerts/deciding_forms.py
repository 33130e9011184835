"""What is asked of somebody who decides: a reason, an office, a word about broken glass."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from dispatcher.alerts.approve import SHORTEST_REASON


class Reason(forms.Form):
    """Why it is sent back or rejected; the author reads it."""

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The author reads this. Say what has to change."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class Glass(forms.Form):
    """Why the offices are passed over."""

    reason = forms.CharField(
        label=_("Why the offices cannot be asked"),
        help_text=_("It stands in the journal, and one of the offices reviews it afterwards."),
        min_length=SHORTEST_REASON,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class Word(forms.Form):
    """What an office says afterwards."""

    word = forms.CharField(
        label=_("Your word about it"),
        help_text=_("Was it right to pass over the offices? It stands beside the reason."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class Confirm(forms.Form):
    """The words that launch, typed by hand, and a reason to wake people."""

    confirm = forms.CharField(
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
                   "dir": "ltr"}
        ),
    )  # fmt: skip
    override_quiet = forms.CharField(
        label=_("Wake people all the same, because"),
        help_text=_("Leave this empty to let quiet hours hold. The reason stands in the journal."),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def __init__(self, *args: object, words: str, quiet: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["confirm"].label = _("Type these words: %(words)s") % {"words": words}
        if not quiet:
            del self.fields["override_quiet"]


def seats(offices: Sequence[tuple[str, str]]) -> type[forms.Form]:
    """The form of a yes for who holds several offices that are asked."""
    field = forms.ChoiceField(
        label=_("For which office"), choices=offices, widget=forms.RadioSelect
    )
    return type("Seats", (forms.Form,), {"office": field})
