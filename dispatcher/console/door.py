"""The lock on every page: who is not signed in goes to the sign-in page and comes back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from dispatcher.console.account.onward import way_back
from dispatcher.operators import access
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role, role_names

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponse]


def signed_in(view: View[Given]) -> View[Given]:
    """The view for whoever is signed in, in that person's time zone; others must sign in first.

    A poll of a session that has ended is told to leave the page: no sign-in form in a report.
    """

    @wraps(view)
    def locked(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            if "HX-Request" in request.headers:
                there = f"{reverse('console:sign-in')}?{urlencode({'next': way_back(request)})}"
                return HttpResponse(status=401, headers={"HX-Redirect": there})
            return redirect_to_login(way_back(request), reverse("console:sign-in"))
        with timezone.override(ZoneInfo(person(request).time_zone)):
            answer = view(request, *args, **kwargs)
        patch_vary_headers(answer, ("Cookie",))
        return answer

    return locked


def for_roles(*roles: Role) -> Callable[[View[Given]], View[Given]]:
    """The view for whoever holds one of the roles in some region; 403 for the others.

    This is the outer door: what a person may do in which region is asked by the services, for each
    act. `roles` stays readable on the view: a test walks every address as every role.
    """

    def lock(view: View[Given]) -> View[Given]:
        @wraps(view)
        def asked(
            request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs
        ) -> HttpResponse:
            user = person(request)
            if not access.regions_of(user, *roles):
                raise NotAllowed("operators.role_needed", roles=role_names(roles))
            return view(request, *args, **kwargs)

        locked = signed_in(asked)
        locked.roles = frozenset(roles)  # type: ignore[attr-defined]
        return locked

    return lock


def person(request: HttpRequest) -> User:
    """Who is signed in."""
    return cast("User", request.user)
