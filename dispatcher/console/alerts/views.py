"""Pages of what is being prepared and decided."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatcher.console.door import for_roles
from dispatcher.operators.roles import READERS


@never_cache
@require_safe
@for_roles(*READERS)
def alerts(request: HttpRequest) -> HttpResponse:
    """The way in."""
    return render(request, "console/alerts/alerts.html", {"area": "alerts"})
