"""Forms of the account's pages; codes and passkeys are checked by allauth's own forms."""

from zoneinfo import available_timezones

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dispatcher.console.account.adapter import WRONG_CODE
from dispatcher.operators.models import User

REPLAY = 120
"""Seconds for which a code is refused a second time: with a tolerance of one step it would fit for
ninety, and allauth remembers it for thirty."""
LETTERS = {"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"}
DIGITS = {"dir": "ltr", "inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "12"}


class _Once:
    """A code opens once, for as long as it fits."""

    user: User
    cleaned_data: dict[str, str]

    def clean_code(self) -> str:
        """The code, unless it was used already."""
        code = str(super().clean_code())  # type: ignore[misc]  # allauth's form stands behind
        said = normalize_user_code(code)  # as allauth compares it: 123-456 is 123456
        if not cache.add(f"operators.code:{self.user.pk}:{said}", 1, REPLAY):
            raise ValidationError(WRONG_CODE)
        return code


def _code() -> forms.CharField:
    return forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs=DIGITS),
        help_text=_("Six digits from your app, or one of your recovery codes."),
    )


class SecondCode(_Once, AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """The code of the second step."""

    code = _code()


class ProvingCode(_Once, ReauthenticateForm):  # type: ignore[misc]
    """The code that proves again who one is."""

    code = _code()


class FirstCode(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app: only who has read the secret can tell it."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs=DIGITS),
        help_text=_("The six digits that the app shows now."),
    )


class ProvingPassword(forms.Form):
    """The password that proves again who one is."""

    password = forms.CharField(
        label=_("Password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )


class NewPassword(forms.Form):
    """A password, typed twice."""

    password = forms.CharField(
        label=_("New password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.user = user
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_password(self) -> str:
        """The password, if it is good enough."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password

    def clean(self) -> None:
        """Both must be the same."""
        typed = self.cleaned_data
        if "password" in typed and typed["password"] != typed.get("again"):
            self.add_error("again", _("The two are not the same."))


class Myself(forms.Form):
    """How the pages speak to a person."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As colleagues read it."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(zone, zone) for zone in sorted(available_timezones())]
    )


class PasskeyName(forms.Form):
    """What a person calls a passkey."""

    name = forms.CharField(
        label=_("What do you call it?"),
        max_length=80,
        help_text=_("For example the name of the phone or the key that holds it."),
    )


class KeyNote(forms.Form):
    """What a personal key is for."""

    note = forms.CharField(
        label=_("What is it for?"),
        max_length=120,
        help_text=_("For example: nightly export on the report server."),
    )
