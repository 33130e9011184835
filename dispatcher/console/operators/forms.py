"""Forms about who may act."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

import langcodes
from babel import Locale
from django import forms
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import territories
from contacts.errors import Refused, sentence
from dispatcher.console.templatetags.told import colon
from dispatcher.operators import access
from dispatcher.operators.deeds import ROOMS
from dispatcher.operators.models import Office
from dispatcher.operators.reading import Wanted
from dispatcher.operators.roles import NAMES, ROLES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_FIRST, _LAST = date(1970, 1, 1), date(9000, 1, 1)
CODE = {"dir": "ltr", "autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
TONGUES = [(langcodes.standardize_tag(tag), name) for tag, name in settings.LANGUAGES]
"""BCP 47 and the name, of the languages that the shipped wordings speak."""


def roles() -> list[tuple[str, str]]:
    """Each role with what it may do."""
    return [(role.value, f"{name}{colon()}{ROLES[role]}") for role, name in NAMES.items()]


def offices() -> list[tuple[str, str]]:
    """Each office by its title in the reader's language."""
    return [(one.key, str(one)) for one in Office.objects.order_by("key")]


def places() -> list[tuple[str, str]]:
    """(code, name) of the world, its parts and its countries, for suggestions while typing."""
    return list(_places(translation.to_locale(translation.get_language() or "en")))


@cache
def _places(locale: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(locale).territories
    codes = {"001", "EU", "002", "019", "142", "150", "009", *territories.countries()}
    return tuple(sorted(((code, names.get(code, code)) for code in codes), key=lambda one: one[1]))


def _region() -> forms.CharField:
    return forms.CharField(
        label=_("Region"),
        max_length=64,
        initial="001",
        help_text=_("A code: 001 is the whole world, EU, DE, US-CA; begin to type a name."),
        widget=forms.TextInput(attrs={**CODE, "list": "places"}),
    )


def _languages() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Vouches for texts in"),
        choices=TONGUES,
        required=False,
        help_text=_("Only for translators."),
        widget=forms.CheckboxSelectMultiple,
    )


class _InRegion(forms.Form):
    """A form that names a region."""

    def clean_region(self) -> str:
        """The code as it is kept."""
        try:
            return access.canonical_region(str(self.cleaned_data["region"]).strip())
        except Refused as refused:
            raise forms.ValidationError(sentence(refused)) from None


class Granting(_InRegion):
    """A role in a region."""

    role = forms.ChoiceField(label=_("Role"), choices=roles, widget=forms.RadioSelect)
    region = _region()
    languages = _languages()


class Appointing(forms.Form):
    """A seat in an office."""

    office = forms.ChoiceField(label=_("Office"), choices=offices)
    deputy = forms.BooleanField(label=_("As deputy"), required=False)


class Inviting(_InRegion):
    """A new colleague."""

    name = forms.CharField(label=_("Full name"), max_length=200)
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("For example mina.rahimi: small letters, digits, hyphens and dots."),
        widget=forms.TextInput(attrs=CODE),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(zone, zone) for zone in sorted(available_timezones())],
        initial="UTC",
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=roles, required=False, widget=forms.CheckboxSelectMultiple
    )
    region = _region()
    languages = _languages()
    offices = forms.MultipleChoiceField(
        label=_("Offices"),
        choices=offices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who sits in an office is approver in the same region."),
    )
    deputy = forms.BooleanField(label=_("As deputy in these offices"), required=False)


class Opening(forms.Form):
    """A further office."""

    title = forms.CharField(label=_("Title"), max_length=120)
    key = forms.CharField(
        label=pgettext_lazy("short name of an office", "Key"),
        max_length=40,
        help_text=_("How scenarios name it, for example food_safety."),
        widget=forms.TextInput(attrs=CODE),
    )


def _rooms() -> Iterator[tuple[str, "_StrPromise"]]:
    yield "", _("Everything")
    yield from ROOMS.items()


class Sifting(forms.Form):
    """Which lines of the journal; a form that is sent by GET and may be half filled in."""

    who = forms.CharField(
        label=_("Who"), required=False, max_length=150, widget=forms.TextInput(attrs=CODE)
    )
    what = forms.ChoiceField(label=_("What about"), required=False, choices=_rooms)
    about = forms.CharField(
        label=_("Of what exactly"),
        required=False,
        max_length=120,
        help_text=_("For example alert:12"),
        widget=forms.TextInput(attrs=CODE),
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To and with"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def wanted(self) -> Wanted:
        """What is asked for, days in the reader's zone; what is not valid asks for nothing."""
        self.is_valid()
        told = self.cleaned_data
        zone = timezone.get_current_timezone()
        since, until = _clamped(told.get("since")), _clamped(told.get("until"))
        return Wanted(
            who=told.get("who", ""),
            what=told.get("what", ""),
            about=told.get("about", ""),
            since=datetime.combine(since, time.min, zone) if since else None,
            until=datetime.combine(until + timedelta(days=1), time.min, zone) if until else None,
        )


def _clamped(day: date | None) -> date | None:
    """The day, or the nearest to it that has a day before and a day after in every zone."""
    return min(max(day, _FIRST), _LAST) if day else None


class Trying(forms.Form):
    """A test message to oneself."""

    to = forms.CharField(
        label=_("Your own phone number or e-mail address"),
        max_length=320,
        widget=forms.TextInput(attrs=CODE),
    )
    words = forms.CharField(
        label=_("Type the words shown above"),
        max_length=60,
        widget=forms.TextInput(attrs=CODE),
    )

    def __init__(self, *args: object, words: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.confirm = words
        if not words:
            del self.fields["words"]

    def clean_words(self) -> str:
        """Letter for letter."""
        typed = str(self.cleaned_data["words"])
        if typed != self.confirm:
            raise forms.ValidationError(_("These are not the words."))
        return typed
