"""What a service refuses outside a form: a page with its sentence, never a fault of ours."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from contacts import errors as people
from dispatcher.console.saying import said
from dispatcher.kit.errors import Refused
from dispatcher.operators.access import NotAllowed

Answer = Callable[[HttpRequest], HttpResponse]
GONE = frozenset(
    {
        *("alerts.unknown", "operators.unknown"),
        *("contacts.contact_unknown", "contacts.list_unknown", "contacts.upload_unknown"),
        "contacts.segment_unknown",
    }
)
"""Codes of what is not there, and of what is not theirs: nobody learns which of the two."""
_NOT_TOLD = frozenset({"alerts.outside_scope"})
"""Codes that would tell a reader that something is there which is not theirs to see."""


class Refusals:
    """403 for what the person may not do, 404 for what is not there, 409 for the rest."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing on the way in."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for a Refused; None (Django's own way) for every other error."""
        if not isinstance(error, Refused | people.Refused):
            return None
        if error.code in GONE or (error.code in _NOT_TOLD and request.method in {"GET", "HEAD"}):
            return render(request, "404.html", status=404)
        status = 403 if isinstance(error, NotAllowed) else 409
        told = {"said": said(error), "allowed": status != 403, "back": _back(request)}  # noqa: PLR2004
        return render(request, "console/refused.html", told, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404. Django's own view would read what was sent, for a mark that nobody asks for here."""
    return render(request, "404.html", status=404)


def _back(request: HttpRequest) -> str:
    """The page that the person came from, if it is one of ours; else the first one."""
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return page if ours else "/"
