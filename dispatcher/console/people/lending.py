"""Private lists: people lent for one alert; what there is, when it goes, and erasing it now."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contacts import lists
from dispatcher.alerts import erasure
from dispatcher.alerts.erasure import PrivateList
from dispatcher.console import acting
from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import person
from dispatcher.console.people.asking import keepers, scope


def _mine(request: HttpRequest) -> list[PrivateList]:
    """The lists that lie wholly inside the keeper's regions."""
    found = erasure.lists()
    visible = lists.visible((one.id for one in found), scope=scope(request))
    return [one for one in found if one.id in visible]


@never_cache
@require_safe
@keepers()
def listed(request: HttpRequest) -> HttpResponse:
    """All of them, oldest first."""
    told = {"area": "people", "tab": "lists", "lists": _mine(request)}
    return render(request, "console/people/lists.html", told)


@never_cache
@require_http_methods(["GET", "POST"])
@keepers()
@fresh
def erase(request: HttpRequest, list_id: int) -> HttpResponse:
    """Ask once more, then erase the list with its people; refused while an alert needs it."""
    found = next((one for one in _mine(request) if one.id == list_id), None)
    if found is None:
        raise Http404
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        form.is_valid()
        with acting.into(form):
            erasure.erase(list_id, by=person(request))
        if not form.errors:
            messages.success(request, gettext("The list is erased, with its people."))
            return redirect("console:people-lists")
    told = {
        "area": "people",
        "form": form,
        "heading": gettext("Erase “%(name)s” now?") % {"name": found.name},
        "text": gettext(
            "Everybody on it is forgotten, with what they wrote to us. "
            "Sums of what was sent stay true. It cannot be undone."
        ),
        "action": gettext("Erase"),
        "danger": True,
        "back": "/people/lists/",
    }
    return render(request, "console/parts/confirm.html", told)
