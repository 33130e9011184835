"""The lock on every page: who is not signed in goes to the sign-in page and comes back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from dispatcher.operators.models import User

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
                return HttpResponse(status=401, headers={"HX-Redirect": reverse("console:sign-in")})
            return redirect_to_login(request.get_full_path(), reverse("console:sign-in"))
        with timezone.override(ZoneInfo(person(request).time_zone)):
            answer = view(request, *args, **kwargs)
        patch_vary_headers(answer, ("Cookie",))
        return answer

    return locked


def person(request: HttpRequest) -> User:
    """Who is signed in."""
    return cast("User", request.user)
