"""The roster: who works here, in which roles and regions, in which offices."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import available_timezones

import langcodes
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from dispatcher.kit.errors import Refused
from dispatcher.operators import access, journal, ways
from dispatcher.operators.models import Membership, Office, OfficeHolder, User
from dispatcher.operators.roles import OFFICES, Role

FIRST_LOCK = 7_301_001
"""Advisory lock: of two people who both add the first operator, or let the last go, one waits."""
WORLD = "001"
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_OFFICE = re.compile(r"[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in an office, as holder or as deputy."""

    office: str
    deputy: bool = False


@transaction.atomic
def add_first(username: str, *, name: str, language: str = "en", time_zone: str = "UTC") -> User:
    """The first operator, admin of the world; needs nobody's leave because there is nobody yet.

    Raises `operators.not_first` when somebody exists.
    """
    _one_at_a_time()
    if User.objects.exists():
        raise access.NotAllowed("operators.not_first")
    user = _create(username, name=name, language=language, time_zone=time_zone)
    Membership.objects.create(user=user, role=Role.ADMIN, region=WORLD)
    journal.note(None, "operators.first_added", f"operator:{user.pk}", username=username)
    return user


@transaction.atomic
def add(
    username: str, *, by: User, name: str, language: str = "en", time_zone: str = "UTC"
) -> User:
    """A new operator without any role yet. Raises `operators.exists` and what the fields raise."""
    access.require(by, Role.ADMIN, over=[WORLD])
    user = _create(username, name=name, language=language, time_zone=time_zone)
    journal.note(by, "operators.added", f"operator:{user.pk}", username=username)
    return user


def find(username: str) -> User:
    """The operator of this name. Raises `operators.unknown`."""
    try:
        return User.objects.get(username=username)
    except User.DoesNotExist:
        raise Refused("operators.unknown", username=username) from None


@transaction.atomic
def grant(
    user: User, role: str, *, over: Iterable[str], by: User, languages: Iterable[str] = ()
) -> None:
    """Give the role in each region; a translator also the languages to vouch for, added to others.

    Raises `operators.unknown_role`, `operators.unknown_language`, `contacts.region_unknown`.
    """
    access.require(by, Role.ADMIN, over=[WORLD])
    known, spoken = _role(role), sorted(set(map(_language, languages)))
    for region in map(access.canonical_region, over):
        held, new = Membership.objects.get_or_create(user=user, role=known, region=region)
        more = sorted({*held.languages, *spoken})
        if new or more != held.languages:
            Membership.objects.filter(pk=held.pk).update(languages=more)
            told = {"role": role, "region": region} | ({"languages": spoken} if spoken else {})
            journal.note(by, "operators.granted", f"operator:{user.pk}", **told)


@transaction.atomic
def withdraw(user: User, role: str, *, over: Iterable[str], by: User) -> None:
    """Take the role back. Raises `operators.last_admin`, `operators.no_such_role`."""
    _one_at_a_time()
    access.require(by, Role.ADMIN, over=[WORLD])
    for region in map(access.canonical_region, over):
        mine = Membership.objects.filter(user=user, role=_role(role), region=region)
        if not mine.delete()[0]:
            raise Refused("operators.no_such_role", role=role, region=region)
        journal.note(by, "operators.withdrew", f"operator:{user.pk}", role=role, region=region)
    _keep_an_admin()


@transaction.atomic
def appoint(user: User, seat: Seat, *, by: User) -> None:
    """Put the user into an office. Raises `operators.unknown_office`."""
    access.require(by, Role.ADMIN, over=[WORLD])
    if not Office.objects.filter(key=seat.office).exists():
        raise Refused("operators.unknown_office", office=seat.office)
    OfficeHolder.objects.update_or_create(
        user=user, office_id=seat.office, defaults={"deputy": seat.deputy}
    )
    journal.note(
        by, "operators.appointed", f"operator:{user.pk}", office=seat.office, deputy=seat.deputy
    )


@transaction.atomic
def dismiss(user: User, *, office: str, by: User) -> None:
    """Take the user out of an office. Raises `operators.unknown_office` when not in it."""
    access.require(by, Role.ADMIN, over=[WORLD])
    if not OfficeHolder.objects.filter(user=user, office_id=office).delete()[0]:
        raise Refused("operators.unknown_office", office=office)
    journal.note(by, "operators.dismissed", f"operator:{user.pk}", office=office)


@transaction.atomic
def switch_off(user: User, *, by: User) -> None:
    """The operator leaves: roles and offices go, keys are void, the name stays in the journal."""
    _one_at_a_time()
    access.require(by, Role.ADMIN, over=[WORLD])
    User.objects.filter(pk=user.pk).update(is_active=False)
    ways.close(user)
    user.memberships.all().delete()
    user.offices.all().delete()
    _keep_an_admin()
    journal.note(by, "operators.switched_off", f"operator:{user.pk}", username=user.username)


def set_password(user: User, password: str) -> None:
    """One's own password for the pages; asked of nobody else. Validators raise ValidationError."""
    user.set_password(password)
    user.save(update_fields=["password"])
    journal.note(user, "operators.password_set", f"operator:{user.pk}")


@transaction.atomic
def describe(user: User, *, name: str, language: str, time_zone: str) -> None:
    """How one is called and spoken to; one's own to say. Raises what `add` raises of the fields."""
    spoken = _language(language)
    _known_zone(time_zone)
    User.objects.filter(pk=user.pk).update(name=name.strip(), language=spoken, time_zone=time_zone)
    journal.note(user, "operators.described", f"operator:{user.pk}")


@transaction.atomic
def open_office(key: str, *, title: str, by: User) -> None:
    """A further office. Raises `operators.bad_office`, `operators.office_exists`."""
    access.require(by, Role.ADMIN, over=[WORLD])
    if not _OFFICE.fullmatch(key) or not title.strip():
        raise Refused("operators.bad_office", office=key)
    _, new = Office.objects.get_or_create(key=key, defaults={"title": title.strip()})
    if not new:
        raise Refused("operators.office_exists", office=key)
    journal.note(by, "operators.office_opened", f"office:{key}")


def plant_offices() -> None:
    """Make the offices that every installation starts with; those that exist are left alone."""
    Office.objects.bulk_create(
        [Office(key=key, title=title) for key, title in OFFICES.items()], ignore_conflicts=True
    )


def _create(username: str, *, name: str, language: str, time_zone: str) -> User:
    if not _USERNAME.fullmatch(username):
        raise Refused("operators.bad_username", username=username)
    spoken = _language(language)
    _known_zone(time_zone)
    user, new = User.objects.get_or_create(
        username=username,
        defaults={
            "name": name,
            "language": spoken,
            "time_zone": time_zone,
            "password": make_password(None),
        },
    )
    if not new:
        raise Refused("operators.exists", username=username)
    return user


def _known_zone(time_zone: str) -> None:
    if time_zone not in available_timezones():
        raise Refused("operators.unknown_time_zone", time_zone=time_zone)


def _language(tag: str) -> str:
    if not langcodes.tag_is_valid(tag):
        raise Refused("operators.unknown_language", language=tag)
    return langcodes.standardize_tag(tag)


def _role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise Refused("operators.unknown_role", role=role, known=", ".join(Role)) from None


def _one_at_a_time() -> None:
    """Two admins who let each other go in the same moment would each find the other still there.

    Taken before the right to act is asked for, so that the second finds what the first has done.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [FIRST_LOCK])


def _keep_an_admin() -> None:
    """An installation without an admin cannot be repaired from inside."""
    admins = Membership.objects.filter(role=Role.ADMIN, region=WORLD, user__is_active=True)
    if not admins.exists():
        raise Refused("operators.last_admin")
