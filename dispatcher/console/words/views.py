"""Pages of words: the shelf of all texts, and what waits for a translator."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatcher.console.door import for_roles, person
from dispatcher.console.words import names, shelf
from dispatcher.console.words.forms import drawer_name
from dispatcher.operators import access
from dispatcher.operators.roles import Role
from dispatcher.wording import tags
from dispatcher.wording.catalogs import SHIPPED

READERS = (Role.TRANSLATOR, Role.AUTHOR, Role.APPROVER, Role.ADMIN)
"""Who may look at texts before they leave; who may change them is asked by the bench."""


@never_cache
@require_safe
@for_roles(*READERS)
def words(request: HttpRequest) -> HttpResponse:
    """The shelf: a drawer for each scenario, a row for each text, a cell for each language."""
    user = person(request)
    keys = shelf.keys_for(user)
    drawers = shelf.drawers(keys)
    asked = request.GET.get("drawer", "")
    drawer = asked if asked in drawers else next(iter(drawers), "")
    mine = access.languages(user)
    inside = tuple(key for key in keys if shelf.drawer_of(key) == drawer)
    told = {
        "area": "words",
        "drawer": drawer,
        "drawers": [(name, drawer_name(name)) for name in drawers],
        "locales": SHIPPED,
        "rows": shelf.rows(inside, locales=SHIPPED),
        "to_do": shelf.to_do(keys, locales=mine) if mine else (),
        "states": names.STATES,
    }
    return render(request, "console/words/words.html", told)


@never_cache
@require_safe
@for_roles(Role.TRANSLATOR)
def next_one(request: HttpRequest, locale: str) -> HttpResponse:
    """On to the next text of a language that nobody vouches for yet."""
    locale = tags.canonical(locale)
    after = (request.GET.get("key", ""), request.GET.get("channel", ""))
    found = shelf.next_one(shelf.keys_for(person(request)), locale=locale, after=after)
    if found is None:
        told = {"area": "words", "text": gettext("Nothing waits in this language."),
                "href": reverse("console:words"), "action": gettext("To all texts")}  # fmt: skip
        return render(request, "console/words/nothing.html", told)
    return redirect("console:words-text", found.key, found.channel, found.locale)
