"""The words of the operators' room: roles and offices, each with its sentence."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Role(StrEnum):
    """What a person may do, always in a region."""

    AUTHOR = "author"
    APPROVER = "approver"
    TRANSLATOR = "translator"
    REGISTRY_KEEPER = "registry_keeper"
    VIEWER = "viewer"
    ADMIN = "admin"


NAMES: dict[Role, "_StrPromise"] = {
    Role.AUTHOR: _("Author"),
    Role.APPROVER: _("Approver"),
    Role.TRANSLATOR: _("Translator"),
    Role.REGISTRY_KEEPER: _("Registry keeper"),
    Role.VIEWER: _("Viewer"),
    Role.ADMIN: _("Administrator"),
}

ROLES: dict[Role, "_StrPromise"] = {
    Role.AUTHOR: _("Composes alerts, asks for approval, launches, pauses and stops them."),
    Role.APPROVER: _(
        "Approves or returns alerts for an office that they hold; may pause and stop."
    ),
    Role.TRANSLATOR: _("Writes and accepts wordings."),
    Role.REGISTRY_KEEPER: _("Imports, corrects and exports contacts."),
    Role.VIEWER: _("Reads alerts and reports."),
    Role.ADMIN: _("Adds operators and gives them roles; sends nothing by that alone."),
}

READERS = (Role.VIEWER, Role.AUTHOR, Role.APPROVER)
"""Who may read alerts and reports."""
STOPPERS = (Role.AUTHOR, Role.APPROVER)
"""Who may pause and stop: never only the person who launched."""

OFFICES: dict[str, str] = {
    "ceo": gettext_noop("Chief executive"),
    "head_pr": gettext_noop("Head of public relations"),
    "quality": gettext_noop("Head of quality"),
    "counsel": gettext_noop("Legal counsel"),
    "consumer_affairs": gettext_noop("Consumer affairs"),
}
"""The offices that every installation starts with; more are rows in the database."""


def role_names(roles: Iterable[Role]) -> str:
    """The names of the roles in the reader's language, in the order in which roles are told."""
    wanted = set(roles)
    return " · ".join(str(name) for role, name in NAMES.items() if role in wanted)
