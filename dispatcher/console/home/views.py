"""The first page: where one stands after signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatcher.console.door import signed_in


@never_cache
@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What runs, what waits for this person, and the way in."""
    return render(request, "console/home/home.html", {"area": "home"})
