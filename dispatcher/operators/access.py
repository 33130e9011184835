"""What a person may see and do: roles in regions, asked on the server for every act."""

from collections.abc import Iterable

from contacts import territories
from contacts.regions import OWN, Scope, expand
from dispatcher.kit.errors import Refused
from dispatcher.operators.models import Membership, OfficeHolder, User
from dispatcher.operators.roles import Role


class NotAllowed(Refused):
    """The person may not do this; asking again does not help, asking an admin may."""


def regions_of(user: User, *roles: Role) -> tuple[str, ...]:
    """The regions in which this user has one of the roles, sorted; () for a user switched off."""
    if not user.is_active:
        return ()
    mine = Membership.objects.filter(user=user, role__in=roles)
    return tuple(sorted(set(mine.values_list("region", flat=True))))


def scope_of(user: User, *roles: Role) -> Scope:
    """What the user may see of the people as holder of one of the roles. Never everything."""
    return Scope(regions=regions_of(user, *roles))


def may(user: User, role: Role, region: str) -> bool:
    """Whether the user has the role in the region or in one that contains it."""
    return covers(regions_of(user, role), (region,))


def covers(outer: Iterable[str], inner: Iterable[str]) -> bool:
    """Whether all of `inner` lies inside `outer`. Raises `contacts.region_unknown`."""
    return Scope(regions=tuple(outer)).covers(inner)


def common(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """The regions of either side that lie inside the other: EU and DE meet in DE."""
    one, other = tuple(one), tuple(other)
    left = {code for code in one if covers(other, (code,))}
    return tuple(sorted(left | {code for code in other if covers(one, (code,))}))


def canonical_region(code: str) -> str:
    """The code as it is kept ('us-ca' is 'US-CA'). Raises `contacts.region_unknown`."""
    if code.startswith(OWN):
        expand((code,))
        return code
    return territories.canonical(code)


def require(user: User, *roles: Role, over: Iterable[str]) -> None:
    """Raise NotAllowed `operators.not_allowed` unless one of the roles covers all of `over`."""
    asked = tuple(over)
    if not asked or not covers(regions_of(user, *roles), asked):
        raise NotAllowed(
            "operators.not_allowed",
            who=user.username,
            roles=", ".join(roles),
            regions=", ".join(asked) or "-",
        )


def speaks(user: User, language: str) -> bool:
    """Whether the user is a translator who may vouch for the language (BCP 47, canonical).

    The very tag: who vouches for zh-Hans does not vouch for zh-Hant, nor pt for pt-BR.
    """
    return user.is_active and (
        Membership.objects.filter(
            user=user, role=Role.TRANSLATOR, languages__contains=[language]
        ).exists()
    )


def holds(user: User, office: str) -> bool:
    """Whether the user sits in the office or deputises for it."""
    return user.is_active and OfficeHolder.objects.filter(user=user, office_id=office).exists()


def languages(user: User) -> tuple[str, ...]:
    """The languages (BCP 47) that a translator may vouch for, sorted; () for everybody else."""
    if not user.is_active:
        return ()
    mine = Membership.objects.filter(user=user, role=Role.TRANSLATOR)
    return tuple(sorted({tag for held in mine.values_list("languages", flat=True) for tag in held}))
