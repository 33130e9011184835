"""What stands behind the texts: scenarios, engines that may see them, what countries ask of SMS."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from babel import Locale
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dispatcher.alerts import scenarios
from dispatcher.alerts.scenarios import FactWanted, Scenario
from dispatcher.channels import countries as profiles
from dispatcher.channels.countries import Line
from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import for_roles, person
from dispatcher.console.words.views import READERS
from dispatcher.operators.models import Office
from dispatcher.operators.roles import Role
from dispatcher.wording import drafting, tags, values
from dispatcher.wording.engines.catalogue import names as engine_names


@dataclass(frozen=True, slots=True)
class Rule:
    """A country's rule as the page shows it; `href` is empty where the organisation says so."""

    rule: str
    says: str
    href: str
    site: str
    day: str


@never_cache
@require_safe
@for_roles(*READERS)
def scenario_list(request: HttpRequest) -> HttpResponse:
    """Every scenario: who approves, who is told how, which facts it asks for."""
    told = {
        "area": "words",
        "scenarios": [_told(scenarios.load(name)) for name in scenarios.names()],
        "offices": {office.key: str(office) for office in Office.objects.all()},
    }
    return render(request, "console/words/scenarios.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.ADMIN)
def engines(request: HttpRequest) -> HttpResponse:
    """Which engine may see texts of which scenario: off until an admin allows it."""
    if request.method == "POST":
        return fresh(_switch)(request) if "allow" in request.POST else _switch(request)
    held = {name: drafting.allowed(name) for name in scenarios.names()}
    table = [
        (engine, [(name, engine in held[name]) for name in scenarios.names()])
        for engine in engine_names()
    ]
    told = {"area": "words", "table": table, "scenarios": scenarios.names()}
    return render(request, "console/words/engines.html", told)


def _switch(request: HttpRequest) -> HttpResponse:
    """Taking an engine's leave back is asked of nobody twice."""
    engine, scenario = request.POST.get("engine", ""), request.POST.get("scenario", "")
    scenarios.load(scenario)
    allowed = "allow" in request.POST
    drafting.allow(engine, scenario=scenario, by=person(request), allowed=allowed)
    messages.success(
        request,
        gettext("From now on this engine may see such texts.")
        if allowed
        else gettext("From now on this engine sees no such text."),
    )
    return redirect("console:words-engines")


@never_cache
@require_safe
@for_roles(*READERS)
def countries(request: HttpRequest) -> HttpResponse:
    """What countries ask of text messages, each line with its source and the day it was read."""
    rules = profiles.rules(settings.COUNTRY_RULES)
    told = {"area": "words", "countries": sorted(_named(rules), key=lambda entry: entry[0])}
    return render(request, "console/words/countries.html", told)


def _told(scenario: Scenario) -> tuple[Scenario, tuple[tuple[FactWanted, str], ...]]:
    """A scenario, and its facts with what they are about in the reader's language."""
    facts = scenario.facts
    return scenario, tuple((fact, gettext(fact.about) if fact.about else "") for fact in facts)


def _rule(line: Line) -> Rule:
    own = line.source.startswith("own: ")
    site = line.source.removeprefix("own: ") if own else urlsplit(line.source).netloc
    day = values.show(
        line.read, "date", locale=get_language() or "en", zone=timezone.get_current_timezone()
    )
    return Rule(line.rule, line.says, "" if own else line.source, site, day)


def _named(rules: Mapping[str, Mapping[str, Line]]) -> list[tuple[str, str, tuple[Rule, ...]]]:
    """(name in the reader's language, code, lines)."""
    language: Locale = tags.locale(tags.canonical(get_language() or "en"))
    return [
        (str(language.territories.get(code, code)), code, tuple(map(_rule, lines.values())))
        for code, lines in rules.items()
    ]
