"""What allauth asks of its host: how secrets are kept, what things are called, what a slip says."""

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from dispatcher.operators.models import User

TOO_MANY = _("Too many attempts. Please try again in some minutes.")
WRONG_CODE = _("This code is not right, or was used already. Wait for the next one and try again.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """allauth's accounts in this house: nobody signs up, an admin invites."""

    error_messages: dict[str, "_StrPromise"] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never: also if somebody includes allauth's own addresses one day."""
        return False


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """allauth's second factors in this house."""

    error_messages: dict[str, "_StrPromise"] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
    }

    def get_totp_issuer(self) -> str:
        """What stands above the code in the person's app."""
        return str(settings.ORGANISATION)

    def encrypt(self, text: str) -> str:
        """A stolen copy of the database gives no second factor away."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; after a change of SECRET_KEY one by chance, which no code fits."""
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return str(generate_totp_secret())

    def get_public_key_credential_user_entity(self, user: "User") -> dict[str, Any]:
        """What the browser shows where it offers the passkey."""
        told: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return told | {"name": user.username, "display_name": user.get_full_name()}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The organisation's name at the host by which the person came."""
        told: dict[str, str] = super().get_public_key_credential_rp_entity()
        return told | {"name": str(settings.ORGANISATION)}


def _fernet() -> Fernet:
    key = hashlib.sha256(f"factors\n{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
