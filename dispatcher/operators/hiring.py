"""A new colleague in one act: the operator, roles, offices and the invitation, or none of it."""

from dataclasses import dataclass

from django.db import transaction

from dispatcher.operators import keys, roster
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who comes, and as what."""

    username: str
    name: str
    language: str = "en"
    time_zone: str = "UTC"
    roles: tuple[str, ...] = ()
    regions: tuple[str, ...] = (roster.WORLD,)
    languages: tuple[str, ...] = ()
    """What a translator may vouch for."""
    offices: tuple[roster.Seat, ...] = ()
    """Who sits in one is approver in the same regions."""


@transaction.atomic
def hire(newcomer: Newcomer, *, by: User) -> keys.Shown:
    """Add the operator and invite them. Raises what `roster.add`, `grant` and `appoint` raise."""
    user = roster.add(
        newcomer.username,
        by=by,
        name=newcomer.name,
        language=newcomer.language,
        time_zone=newcomer.time_zone,
    )
    seated = [Role.APPROVER.value] if newcomer.offices else []
    for role in dict.fromkeys([*newcomer.roles, *seated]):
        spoken = newcomer.languages if role == Role.TRANSLATOR else ()
        roster.grant(user, role, over=newcomer.regions, by=by, languages=spoken)
    for seat in newcomer.offices:
        roster.appoint(user, seat, by=by)
    return keys.invite(user, by=by)
