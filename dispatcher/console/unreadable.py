"""What no page reads: a NUL, which no database holds either, and more than a page takes."""

from collections.abc import Callable, Iterable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

Answer = Callable[[HttpRequest], HttpResponse]
_NUL = "\x00"
BAD_REQUEST = 400
TOO_LARGE = 413


class Unreadable:
    """400 for a NUL, whatever the page: PostgreSQL keeps none, and no person types one.

    413 for a form or a file that is too large, and for a stranger's file (`bodies`).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """A cookie that holds one is no cookie: the session is looked up before any page."""
        bad = [name for name, text in request.COOKIES.items() if _NUL in text]
        for name in bad:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Answer,  # noqa: ARG002
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> HttpResponse | None:
        """The page, in place of the view; hooks read their own bodies, once they are verified."""
        match = request.resolver_match
        if match is None or match.app_name != "console":
            return None
        try:
            texts = [*map(str, args), *map(str, kwargs.values()), *_texts(request)]
        except RequestDataTooBig:
            return _refused(request, gettext("This is more than a page takes."), TOO_LARGE)
        if not any(_NUL in text for text in texts):
            return None
        said = gettext("The address or the form holds a character that nobody can read.")
        return _refused(request, said, BAD_REQUEST)


def _refused(request: HttpRequest, said: str, status: int) -> HttpResponse:
    told = {"said": said, "allowed": True, "back": "/"}
    return render(request, "console/refused.html", told, status=status)


def _texts(request: HttpRequest) -> Iterable[str]:
    for given in (request.GET, request.POST):
        for name, texts in given.lists():
            yield name
            yield from map(str, texts)
    for file in request.FILES.values():
        yield str(getattr(file, "name", ""))
