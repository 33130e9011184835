"""`dispatcher operators`: who works here, in which roles and offices, with which keys."""

from typing import Annotated

import typer
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_noop

from dispatcher.cli import shell
from dispatcher.cli.screen import cell, table
from dispatcher.cli.shell import NothingToDo, answer, note, operator, verb
from dispatcher.kit.errors import Refused
from dispatcher.kit.local import home
from dispatcher.operators import access, keys, roster
from dispatcher.operators.models import Key, User
from dispatcher.operators.roles import Role

app = shell.noun(gettext_noop("Operators: who may do what, and their keys."))

Username = Annotated[str, typer.Argument(metavar="NAME", help=gettext_noop("User name."))]
Roles = Annotated[
    list[str], typer.Option("--role", help=gettext_noop("Role to give; may be repeated."))
]
Regions = Annotated[
    list[str],
    typer.Option("--region", help=gettext_noop("Region of the roles: 001 (the world), EU, BR …")),
]
Offices = Annotated[
    list[str], typer.Option("--office", help=gettext_noop("Office to sit in; may be repeated."))
]


@verb(
    app,
    "add",
    text=gettext_noop(
        "Add an operator, or give one more roles.\n\n"
        "The very first operator needs no key and becomes admin. Everybody else gets an "
        "invitation, with which they make their key themselves. Sitting in an office makes "
        "somebody approver in the same regions.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher operators add sofie.lind --name 'Sofie Lind'\n"
        "  dispatcher operators add mina.rahimi --name 'Mina Rahimi' --role author --region EU\n"
        "  dispatcher operators add kenji.watanabe --name '渡辺 健二' --office ceo\n"
        "  dispatcher operators add tomas.reyes --name 'Tomás Reyes' --role translator "
        "--vouches-for es"
    ),
)
def _add(
    *,
    username: Username,
    name: Annotated[str, typer.Option("--name", help=gettext_noop("Full name."))] = "",
    language: Annotated[str, typer.Option("--language", help=gettext_noop("BCP 47."))] = "en",
    time_zone: Annotated[str, typer.Option("--time-zone", help=gettext_noop("IANA."))] = "UTC",
    roles: Roles = [],  # noqa: B006  # Typer makes a new list for each call
    regions: Regions = [],  # noqa: B006
    offices: Offices = [],  # noqa: B006
    languages: Annotated[
        list[str],
        typer.Option(
            "--vouches-for",
            help=gettext_noop("Language that a translator may accept texts in; may be repeated."),
        ),
    ] = [],  # noqa: B006
    deputy: Annotated[
        bool, typer.Option("--deputy", help=gettext_noop("Deputy in the offices named."))
    ] = False,
) -> None:
    with transaction.atomic():
        user, by, new = _made(username, name, language, time_zone)
        for role in dict.fromkeys([*roles, *([Role.APPROVER.value] if offices else [])]):
            spoken = languages if role == Role.TRANSLATOR else ()
            roster.grant(user, role, over=regions or [roster.WORLD], by=by, languages=spoken)
        for office in offices:
            roster.appoint(user, roster.Seat(office, deputy), by=by)
        shown = None
        if new:
            shown = keys.make(user) if by == user else keys.invite(user, by=by)
    if shown is None:
        answer({"username": username}, _sentence_of(user))
    elif shown.key.purpose == Key.PERSONAL:
        _show_key(shown)
    else:
        _show_invitation(shown)


@verb(
    app,
    "remove",
    text=gettext_noop(
        "Take roles or offices back; without any named, the operator leaves for good.\n\n"
        "Example: dispatcher operators remove mina.rahimi --role author --region EU"
    ),
)
def _remove(
    *,
    username: Username,
    roles: Roles = [],  # noqa: B006
    regions: Regions = [],  # noqa: B006
    offices: Offices = [],  # noqa: B006
) -> None:
    by, user = operator(), roster.find(username)
    for role in roles:
        roster.withdraw(user, role, over=regions or [roster.WORLD], by=by)
    for office in offices:
        roster.dismiss(user, office=office, by=by)
    if not (roles or offices):
        roster.switch_off(user, by=by)
    user.refresh_from_db()
    answer({"username": username, "active": user.is_active}, _sentence_of(user))


@verb(app, "list", text=gettext_noop("Everybody who works here, with roles, regions and offices."))
def _list() -> None:
    operator()
    people = _everybody()
    rows = [(u.username, u.name, _roles(u), _offices(u), u.language, u.time_zone) for u in people]
    heads = [
        gettext("User name"),
        gettext("Name"),
        gettext("Roles"),
        gettext("Offices"),
        gettext("Language"),
        gettext("Time zone"),
    ]
    answer([_as_json(user) for user in people], table(heads, rows))


@verb(
    app,
    "key",
    text=gettext_noop(
        "Your own keys: list them, make one, revoke one.\n\n"
        "With an invitation you make your first key: "
        "dispatcher operators key --invitation dk_…\n\n"
        "A key is shown once. Keep it in DISPATCHER_KEY, or with --save in the key file."
    ),
)
def _key(
    *,
    invitation: Annotated[
        str, typer.Option("--invitation", help=gettext_noop("Trade it for your first key."))
    ] = "",
    new: Annotated[bool, typer.Option("--new", help=gettext_noop("Make another key."))] = False,
    revoke: Annotated[
        str, typer.Option("--revoke", help=gettext_noop("Beginning of the key to revoke."))
    ] = "",
    remark: Annotated[
        str, typer.Option("--note", help=gettext_noop("What the new key is for."))
    ] = "",
    save: Annotated[
        bool, typer.Option("--save", help=gettext_noop("Write the new key to the key file."))
    ] = False,
) -> None:
    if invitation:
        _show_key(keys.accept(invitation, note=remark), save=save)
        return
    user = operator()
    if revoke:
        admin = access.may(user, Role.ADMIN, roster.WORLD)
        keys.revoke(revoke.removeprefix("dk_").partition("_")[0], by=user, may_any=admin)
        answer({"revoked": revoke}, gettext("Revoked; it opens nothing any more."))
    elif new:
        _show_key(keys.make(user, note=remark), save=save)
    else:
        _show_own(user.keys.filter(purpose=Key.PERSONAL).order_by("pk"))


@verb(
    app,
    "invite",
    text=gettext_noop("A new invitation for an operator who has lost the key; old ones are void."),
)
def _invite(*, username: Username) -> None:
    by = operator()
    access.require(by, Role.ADMIN, over=[roster.WORLD])
    _show_invitation(keys.invite(roster.find(username), by=by))


@verb(
    app,
    "link",
    text=gettext_noop(
        "A link that signs somebody in on the pages, once, within half an hour.\n\n"
        "Your own, or, for an admin, anybody's; who has a second factor is asked for it all the "
        "same."
    ),
)
def _link(*, username: Username) -> None:
    shown = keys.link(roster.find(username), by=operator())
    address = f"{settings.PUBLIC_URL}/enter/{shown.text}/"
    answer({"username": username, "link": address}, address)
    minutes = int(keys.LINK_LASTS.total_seconds() // 60)
    hint = gettext("It works once, within %(minutes)s minutes, and lets in whoever opens it.")
    note(hint % {"minutes": minutes})


@verb(app, "password", text=gettext_noop("Set your own password for the pages."))
def _password() -> None:
    user = operator()
    typed = typer.prompt(gettext("New password"), hide_input=True, confirmation_prompt=True)
    try:
        validate_password(typed, user)
    except ValidationError as error:
        raise Refused("operators.password_weak", why=" ".join(error.messages)) from None
    roster.set_password(user, typed)
    answer({"password": "set"}, gettext("The password is set."))


def _made(username: str, name: str, language: str, time_zone: str) -> tuple[User, User, bool]:
    """The operator, who adds them, and whether they are new; the first one adds themselves."""
    if not User.objects.exists():
        first = roster.add_first(username, name=name, language=language, time_zone=time_zone)
        return first, first, True
    by = operator()
    found = User.objects.filter(username=username).first()
    if found:
        return found, by, False
    added = roster.add(username, by=by, name=name, language=language, time_zone=time_zone)
    return added, by, True


def _show_key(shown: keys.Shown, *, save: bool = False) -> None:
    path = shell.key_file()
    if save:
        path.parent.mkdir(parents=True, exist_ok=True)
        home.write(path, shown.text + "\n")
    user = shown.key.user
    hint = gettext("It is shown only now. Keep it secret: with it anybody is %(name)s.")
    where = (
        gettext("Written to %(path)s.") % {"path": path}
        if save
        else (gettext("Next: export DISPATCHER_KEY=… or `dispatcher operators key --new --save`."))
    )
    answer(
        {"username": user.username, "key": shown.text, "saved": str(path) if save else ""},
        shown.text,
    )
    note(hint % {"name": cell(user.get_full_name())})
    note(where)


def _show_invitation(shown: keys.Shown) -> None:
    username = shown.key.user.username
    address = f"{settings.PUBLIC_URL}/enter/{shown.text}/"
    answer({"username": username, "invitation": shown.text, "link": address}, shown.text)
    hint = gettext(
        "Send this to %(name)s, who makes a key with it within %(hours)s hours: "
        "dispatcher operators key --invitation …"
    )
    note(gettext("Or, for the pages: %(link)s") % {"link": address})
    hours = int(keys.INVITATION_LASTS.total_seconds() // 3600)
    note(hint % {"name": cell(shown.key.user.get_full_name()), "hours": hours})


def _show_own(mine: QuerySet[Key]) -> None:
    if not mine:
        raise NothingToDo(gettext("You have no key."))
    rows = [
        (f"dk_{k.prefix}_…", k.note, k.made_at, k.last_used_at or "", k.revoked_at or "")
        for k in mine
    ]
    heads = [
        gettext("Key"),
        gettext("For"),
        gettext("Made"),
        gettext("Last used"),
        gettext("Revoked"),
    ]
    answer([dict(zip(("key", "note", "made", "used", "revoked"), r, strict=True)) for r in rows],
           table(heads, rows))  # fmt: skip


def _everybody() -> list[User]:
    people = User.objects.filter(is_active=True).order_by("username")
    return list(people.prefetch_related("memberships", "offices__office"))


def _roles(user: User) -> str:
    held: dict[str, list[str]] = {}
    for membership in user.memberships.all():
        spoken = f" ({', '.join(membership.languages)})" if membership.languages else ""
        held.setdefault(membership.role, []).append(f"{membership.region}{spoken}")
    return "; ".join(f"{role}: {', '.join(sorted(held[role]))}" for role in sorted(held))


def _offices(user: User) -> str:
    seats = user.offices.all()
    deputy = gettext("deputy")
    return ", ".join(f"{s.office}" + (f" ({deputy})" if s.deputy else "") for s in seats)


def _as_json(user: User) -> dict[str, object]:
    return {
        "username": user.username,
        "name": user.name,
        "language": user.language,
        "time_zone": user.time_zone,
        "roles": [
            {"role": m.role, "region": m.region, "languages": m.languages}
            for m in user.memberships.all()
        ],
        "offices": [{"office": s.office_id, "deputy": s.deputy} for s in user.offices.all()],
    }


def _sentence_of(user: User) -> str:
    if not user.is_active:
        return gettext("%(name)s has left; the keys are void.") % {"name": user.username}
    return f"{user.username}: {_roles(user)}" + (f" | {_offices(user)}" if _offices(user) else "")
