"""What the pages of words ask for."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from dispatcher.console.words import names
from dispatcher.reports import words
from dispatcher.wording import tags
from dispatcher.wording.catalogs import SHIPPED

LARGEST_FILE = 5_000_000
"""Bytes of a translator's file: fifty times the largest catalogue that is shipped."""
FORMATS = (
    ("po", _("PO (Weblate, Poedit)")),
    ("xliff", _("XLIFF 1.2")),
    ("xliff2", _("XLIFF 2.1")),
    ("csv", _("CSV of two columns, for a spreadsheet")),
)


class TextForm(forms.Form):
    """The fields of one text in its language and direction.

    `seen` is the version that one began with.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        given: Mapping[str, object] | None = None,
        *,
        fields: Sequence[str],
        locale: str,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(given, initial=dict(initial or {}))
        for name in fields:
            attrs = {"lang": locale, "dir": tags.direction(locale), "spellcheck": "true"}
            widget: forms.Widget = forms.TextInput(attrs=attrs)
            if name in ("text", "body"):
                rows = {"text": 6, "body": 14 if "subject" in fields else 5}[name]
                widget = forms.Textarea(attrs=attrs | {"rows": rows})
            self.fields[name] = forms.CharField(
                label=str(names.FIELDS[name]), widget=widget, max_length=40_000
            )

    def texts(self) -> dict[str, str]:
        """Field -> text, with the line ends that texts are kept with."""
        held = {name: self.cleaned_data[name] for name in self.fields if name != "seen"}
        return {name: text.replace("\r\n", "\n") for name, text in held.items()}


class Reason(forms.Form):
    """Why a text goes back, or is vouched for again."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Those who work on the text next read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Drafting(forms.Form):
    """Which languages an engine is asked for."""

    locales = forms.MultipleChoiceField(label=_("Languages"), widget=forms.CheckboxSelectMultiple)
    back = forms.BooleanField(
        label=_("Translate each draft back as well, for those who do not read the language"),
        required=False,
    )

    def __init__(self, *args: object, locales: Sequence[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["locales"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(tag, words.language_name(tag)) for tag in locales]


class NewText(forms.Form):
    """Which text is to be written, and in which language it is thought."""

    key = forms.CharField(
        label=_("Name of the text"),
        max_length=120,
        help_text=_("For example recall.first.consumer, or alert:7.consumer for one alert only."),
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=list(words.CHANNELS.items())[:3])
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(tag, words.language_name(tag)) for tag in SHIPPED]


class Export(forms.Form):
    """What goes to a translator."""

    drawer = forms.ChoiceField(label=_("Texts"))
    locale = forms.ChoiceField(label=_("Language"))
    kind = forms.ChoiceField(label=_("Format"), choices=FORMATS)

    def __init__(self, *args: object, drawers: Sequence[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = {
            "drawer": [(name, drawer_name(name)) for name in drawers],
            "locale": [(tag, words.language_name(tag)) for tag in SHIPPED],
        }
        for name, pairs in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = pairs


class Import(forms.Form):
    """A file that came back."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PO, XLIFF, CSV or XLSX, up to 5 MB. Nothing is half taken."),
        widget=forms.ClearableFileInput(attrs={"accept": ".po,.xlf,.xliff,.csv,.xlsx"}),
    )
    locale = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["locale"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(tag, words.language_name(tag)) for tag in SHIPPED]


def drawer_name(name: str) -> str:
    """A scenario's name, or what alerts say in their own words."""
    return str(words.SCENARIOS.get(name, name)) if name != "own" else str(_("Texts of one alert"))
