"""Three addresses for monitors: alive, ready, and the figures, which are not for strangers."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatcher.watching import exposition, look, ready

LOOPBACK = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")
"""Headers of a proxy: behind one on this machine every stranger seems to be at home."""


@require_safe
@never_cache
def livez(_request: HttpRequest) -> HttpResponse:
    """200: this process answers. Nothing else is asked: who is dead is started again."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """200, or 503 with the name of each thing that is missing: database, migrations, broker."""
    missing = ready.missing()
    told = "".join(f"missing: {name}\n" for name in missing) or "ok\n"
    return HttpResponse(told, content_type="text/plain", status=503 if missing else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, to who brings METRICS_TOKEN, or where there is none to this machine alone."""
    if not _may_see(request):
        return HttpResponse(status=403)
    return HttpResponse(exposition.exposed(look.look()), content_type=exposition.KIND)


def _may_see(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        told = request.headers.get("Authorization", "")
        wanted = f"Bearer {settings.METRICS_TOKEN}"
        return hmac.compare_digest(told.encode(), wanted.encode())
    through = any(name in request.headers for name in FORWARDED)
    return not through and request.META.get("REMOTE_ADDR") in LOOPBACK
