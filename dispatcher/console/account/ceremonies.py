"""allauth's forms of passkeys; what no browser says is a wrong answer, not a fault of ours."""

import struct

from allauth.mfa.webauthn import forms as theirs
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from fido2.attestation.base import InvalidAttestation

from dispatcher.console.account.adapter import WRONG_CODE

_FALLS = (
    *(AssertionError, AttributeError, LookupError, TypeError, ValueError, struct.error),
    *(InvalidAttestation, InvalidSignature, UnsupportedAlgorithm),
)
"""What fido2 raises for bytes that are no passkey's; allauth expects two of them."""


class _Careful:
    """Anybody may send anything here, also before they have signed in."""

    def full_clean(self) -> None:
        """As the form does it; where its library falls the credential is refused."""
        try:
            super().full_clean()  # type: ignore[misc]  # allauth's form stands behind
        except _FALLS:
            self.cleaned_data.pop("credential", None)  # type: ignore[attr-defined]
            self.add_error(None, WRONG_CODE)  # type: ignore[attr-defined]


class SignIn(_Careful, theirs.LoginWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    """A passkey in place of name and password."""


class Second(_Careful, theirs.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second step."""


class Proof(_Careful, theirs.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey that proves again who one is."""


class Adding(_Careful, theirs.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey."""
