"""When somebody last proved who they are, and with what they can do so."""

import time
from dataclasses import dataclass

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from dispatcher.operators.models import User

PROOF_LASTS = 600
"""Seconds for which a proof is fresh: a launch, an export and a new key ask for a fresh one."""


@dataclass(frozen=True, slots=True)
class Ways:
    """With what a person can prove who they are."""

    password: bool
    passkey: bool
    code: bool
    """An app's six digits; a recovery code will then do as well."""

    @property
    def second(self) -> bool:
        """Whether a password or a link alone does not let this person in."""
        return self.passkey or self.code

    @property
    def any(self) -> bool:
        """Whether there is a way at all; who came by a link may have none yet."""
        return self.password or self.second


def ways_of(user: User) -> Ways:
    """What the person has set up."""
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return Ways(
        password=user.has_usable_password(),
        passkey=Authenticator.Type.WEBAUTHN in kinds,
        code=Authenticator.Type.TOTP in kinds,
    )


def note(request: HttpRequest, user: User, how: str) -> None:
    """Keep in the session that the person has proved it now: `how` is password, link and so on."""
    record_authentication(request, user, how, reauthenticated=True)


def note_factor(request: HttpRequest, factor: Authenticator) -> None:
    """Keep that a passkey or a code has proved it now, in the session and with the factor."""
    post_authentication(request, factor, reauthenticated=True)


def proven_at(request: HttpRequest) -> float:
    """Seconds since the epoch of the last proof in this session; 0 when there is none."""
    return max((one["at"] for one in get_authentication_records(request, request.user)), default=0)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the last proof is not older than PROOF_LASTS."""
    return time.time() - proven_at(request) <= PROOF_LASTS
