"""Pages of wordings and those who vouch for them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatcher.console.door import for_roles
from dispatcher.operators.roles import Role


@never_cache
@require_safe
@for_roles(Role.TRANSLATOR, Role.AUTHOR)
def words(request: HttpRequest) -> HttpResponse:
    """The way in."""
    return render(request, "console/words/words.html", {"area": "words"})
