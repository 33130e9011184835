"""How these pages ask the registry: in whose regions, and what is done with what it refuses."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from contacts import errors
from contacts.regions import Scope
from dispatcher.console import acting
from dispatcher.console.door import for_roles, person
from dispatcher.operators import access
from dispatcher.operators.roles import Role

KEEPER = Role.REGISTRY_KEEPER
Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponse]
_GONE = frozenset(f"contacts.{what}_unknown" for what in ("contact", "list", "upload", "segment"))
"""Codes of what is not there, and of what is not theirs: nobody learns which of the two."""


def keepers(*also: Role) -> Callable[[View[Given]], View[Given]]:
    """The view for keepers of the registry (and the other roles), with the registry's refusals.

    What is not there, or not in their regions, is 404; all else that is refused outside a form is
    a page with its sentence.
    """

    def lock(view: View[Given]) -> View[Given]:
        @wraps(view)
        def asked(
            request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs
        ) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except errors.Refused as error:
                if error.code in _GONE:
                    raise Http404 from None
                told = {"said": errors.sentence(error), "allowed": True, "back": "/people/"}
                return render(request, "console/refused.html", told, status=409)

        return for_roles(KEEPER, *also)(asked)

    return lock


def scope(request: HttpRequest, *also: Role) -> Scope:
    """The regions whose people this person may see."""
    return access.scope_of(person(request), KEEPER, *also)


@contextmanager
def into(form: Form, *, fields: Mapping[str, str] | None = None) -> Iterator[None]:
    """What is refused inside stands in the form: the registry's codes and all others."""
    places = fields or {}
    with acting.into(form, fields=places):
        try:
            yield
        except errors.Refused as error:
            if error.code in _GONE:
                raise
            place = places.get(error.code)
            form.add_error(place if place in form.fields else None, errors.sentence(error))
