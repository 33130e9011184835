"""In whose regions these pages ask the registry; what it refuses is said as everywhere."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from contacts.regions import Scope
from dispatcher.console.door import for_roles, person
from dispatcher.operators import access
from dispatcher.operators.roles import Role

KEEPER = Role.REGISTRY_KEEPER
Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponse]


def keepers(*also: Role) -> Callable[[View[Given]], View[Given]]:
    """The view for keepers of the registry, and the other roles."""
    return for_roles(KEEPER, *also)


def scope(request: HttpRequest, *also: Role) -> Scope:
    """The regions whose people this person may see."""
    return access.scope_of(person(request), KEEPER, *also)
