"""Pages of the contact registry."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatcher.console.door import for_roles
from dispatcher.operators.roles import Role


@never_cache
@require_safe
@for_roles(Role.REGISTRY_KEEPER)
def people(request: HttpRequest) -> HttpResponse:
    """The way in."""
    return render(request, "console/people/people.html", {"area": "people"})
