"""What is kept for how long, and what goes next."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatcher.console.operators import page
from dispatcher.console.operators.admins import admins


@never_cache
@require_safe
@admins
def keeping(request: HttpRequest) -> HttpResponse:
    """The settings, what is due now, and what will be."""
    told = {
        "kept": page.kept(),
        "deliveries_days": settings.DELIVERIES_KEPT.days,
        "list_days": settings.LIST_KEPT.days,
        "area": "operators",
        "tab": "keeping",
    }
    return render(request, "console/operators/keeping.html", told)
