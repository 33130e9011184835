"""Freshness: who in the registry cannot be reached or told in their language, by region."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from contacts import freshness, tasks
from dispatcher.console.people.asking import keepers, scope

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that people lack, how many of them, and where they live, most first."""

    key: str
    title: str
    remedy: str
    people: int
    places: tuple[tuple[str, int], ...]
    more: tuple[tuple[str, int], ...]


_TITLES: Mapping[str, tuple[Promise, Promise]] = {
    "unreachable": (
        _("Nothing would reach them"),
        _("Every address is dead, blocked or missing. Ask for a new one."),
    ),
    "dead": (
        _("An address is dead"),
        _("Its carrier called it gone. Correct it, or say that it works again."),
    ),
    "no_language": (
        _("No language is known"),
        _("Each alert decides in which words they are told. Ask what they read."),
    ),
    "unconfirmed": (
        _("Not confirmed for a year"),
        _("Nobody has made sure that the entry is right. Import a newer list, or ask them."),
    ),
}


@never_cache
@require_safe
@keepers()
def fresh(request: HttpRequest) -> HttpResponse:
    """What was counted last, in the keeper's regions; each leads to the people themselves."""
    found = freshness.figures(scope=scope(request))
    told = {
        "area": "people",
        "tab": "fresh",
        "counted_at": found.counted_at,
        "lacks": [lack(key, found.by_lack[key]) for key in _TITLES],
    }
    return render(request, "console/people/fresh.html", told)


def lack(key: str, by_region: Mapping[str, int]) -> Lack:
    """The figures of one lack by country."""
    by_country: dict[str, int] = {}
    for region, n in by_region.items():
        by_country[region[:2]] = by_country.get(region[:2], 0) + n
    places = sorted(by_country.items(), key=lambda pair: (-pair[1], pair[0]))
    title, remedy = _TITLES[key]
    return Lack(
        key=key,
        title=str(title),
        remedy=str(remedy),
        people=sum(by_country.values()),
        places=tuple(places[:_SHOWN]),
        more=tuple(places[_SHOWN:]),
    )


@never_cache
@require_POST
@keepers()
def count(request: HttpRequest) -> HttpResponse:
    """Ask a worker to count again."""
    try:
        tasks.survey.delay()
    except OperationalError:
        messages.error(request, gettext("No worker can be asked now. Try again in a minute."))
    else:
        messages.success(request, gettext("It is being counted; look again in a minute."))
    return redirect("console:people-fresh")
