"""The frame of every page: the ways that stand open to this person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dispatcher.operators.models import Membership
from dispatcher.operators.roles import READERS, Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Way:
    """An entry of the navigation."""

    area: str
    view: str
    name: "_StrPromise"
    roles: frozenset[Role]
    """Who sees it; empty: everybody who is signed in."""


WAYS = (
    Way("home", "console:home", _("Home"), frozenset()),
    Way("alerts", "console:alerts", _("Alerts"), frozenset(READERS)),
    Way("dispatches", "console:dispatches", _("Sent"), frozenset(READERS)),
    Way(
        "people",
        "console:people",
        pgettext_lazy("area of the console", "People"),
        frozenset({Role.REGISTRY_KEEPER}),
    ),
    Way(
        "words",
        "console:words",
        _("Words"),
        frozenset({Role.TRANSLATOR, Role.AUTHOR, Role.APPROVER, Role.ADMIN}),
    ),
    Way("operators", "console:operators", _("Operators"), frozenset({Role.ADMIN})),
    Way("account", "console:account", _("Account"), frozenset()),
)


def frame(request: HttpRequest) -> Mapping[str, object]:
    """Context of every page: `ways`, asked of the database only where a page shows them."""
    return {"ways": SimpleLazyObject(lambda: ways(request))}


def ways(request: HttpRequest) -> tuple[Way, ...]:
    """The entries for whoever is signed in; () for strangers."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_active:
        return ()
    mine = set(Membership.objects.filter(user=user).values_list("role", flat=True))
    return tuple(way for way in WAYS if not way.roles or mine & way.roles)
