"""Pages of who may act."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatcher.console.door import for_roles
from dispatcher.operators.roles import Role


@never_cache
@require_safe
@for_roles(Role.ADMIN)
def operators(request: HttpRequest) -> HttpResponse:
    """The way in."""
    return render(request, "console/operators/operators.html", {"area": "operators"})
