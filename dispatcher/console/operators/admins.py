"""The lock of this area: who is administrator of the whole world."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from dispatcher.console.door import for_roles, person
from dispatcher.operators import access
from dispatcher.operators.roles import Role
from dispatcher.operators.roster import WORLD

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponse]


def admins(view: View[Given]) -> View[Given]:
    """The view for administrators; the services ask each of them again, for each act."""

    @wraps(view)
    def asked(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        access.require(person(request), Role.ADMIN, over=[WORLD])
        return view(request, *args, **kwargs)

    return for_roles(Role.ADMIN)(asked)
