"""Where somebody wanted to go before they were asked who they are."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme


def onward(request: HttpRequest, otherwise: str = "/") -> str:
    """`next` of the form or the address, if it leads to a page of ours; else `otherwise`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    # A path: `redirect` takes a bare word for the name of a page, and there is none called so.
    return wanted if wanted.startswith("/") and _ours(request, wanted) else otherwise


def way_back(request: HttpRequest) -> str:
    """The page itself; for a form, the page that held it, if that is ours."""
    if request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers:
        return request.get_full_path()
    held = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not _ours(request, held):
        return "/"
    parts = urlsplit(held)
    path = escape_leading_slashes(parts.path)  # //elsewhere would be another host
    return f"{path}?{parts.query}" if parts.query else path or "/"


def _ours(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
