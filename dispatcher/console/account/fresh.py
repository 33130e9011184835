"""`@fresh`: the lock of what hurts: the person proves again who they are, and comes back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from dispatcher.console.account import proof
from dispatcher.console.account.onward import way_back

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponse]


def fresh(view: View[Given]) -> View[Given]:
    """The view for whoever has proved within ten minutes who they are; others do so first.

    Stand it below `@signed_in` or `@for_roles`. A form that comes too late is not acted on: the
    person comes back to the page that held it.
    """

    @wraps(view)
    def asked(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        if not request.user.is_authenticated or proof.is_fresh(request):
            return view(request, *args, **kwargs)
        there = f"{reverse('console:account-prove')}?{urlencode({'next': way_back(request)})}"
        if "HX-Request" in request.headers:
            return HttpResponse(status=401, headers={"HX-Redirect": there})
        return redirect(there)

    asked.fresh = True  # type: ignore[attr-defined]
    return asked
