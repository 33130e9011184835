"""The launch: a page of its own, with words that are typed by hand."""

import json
import time
from collections import Counter
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contacts import changes
from dispatcher.alerts import desk, launch, night, speed, survey
from dispatcher.alerts.models import Alert
from dispatcher.alerts.states import State
from dispatcher.console import acting, shelf
from dispatcher.console.account.fresh import fresh
from dispatcher.console.alerts import counting, outgoing
from dispatcher.console.alerts.deciding_forms import Confirm
from dispatcher.console.alerts.draft import STATES
from dispatcher.console.door import for_roles, person
from dispatcher.operators.roles import Role


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.AUTHOR)
@fresh
def alert_launch(request: HttpRequest, number: int) -> HttpResponse:
    """What leaves now, and the words that send it. Once it has left, the way to the dispatch."""
    user = person(request)
    held = desk.read(number, by=user)
    made = launch.dispatch_of(held)
    if made is not None:
        if request.method == "POST":
            messages.info(request, gettext("It has been launched; here is how far it came."))
        return redirect("console:dispatch", made.pk)
    quiet, _ = night.quiet(held)
    words = launch.words(held)
    form = Confirm(request.POST or None, words=words, quiet=quiet is not None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with acting.into(
            form,
            fields={"alerts.wrong_words": "confirm", "alerts.reason_missing": "override_quiet"},
        ):
            made = launch.launch(
                held,
                by=user,
                confirm=typed["confirm"],
                override_quiet=typed.get("override_quiet", ""),
            )
            messages.success(request, gettext("Launched. The figures below move by themselves."))
            return redirect("console:dispatch", made.pk)
    told = {
        "area": "alerts",
        "alert": held,
        "state": STATES[State(held.state)],
        "ready": held.state == State.APPROVED,
        "words": words,
        "form": form,
        "back": reverse("console:alert", args=[held.pk]),
    }
    if held.state == State.APPROVED and desk.sees_all(user, held):
        leaving = _leaving(held, wait="whole" in request.GET)
        told |= {"lazy": True} if leaving is None else _until(leaving)
    return render(request, "console/alerts/launch.html", told, status=409 if form.errors else 200)


def _leaving(held: Alert, *, wait: bool) -> dict[str, Any] | None:
    """How many, in which languages and channels, how long it takes; None: not without waiting."""
    if outgoing.few(held):
        return _counted(held)
    key, mark = f"console:leaving:{held.pk}", f"{outgoing.mark(held)} {changes.version()}"
    kept = shelf.take(key)
    if kept and kept.mark == mark and (kept.rests or not wait):
        figures: dict[str, Any] = json.loads(kept.html)
        return figures
    if not wait:
        return None
    began = time.perf_counter()
    figures = _counted(held)
    shelf.keep(key, mark=mark, html=json.dumps(figures), took=time.perf_counter() - began)
    return figures


def _until(leaving: dict[str, Any]) -> dict[str, Any]:
    """With the moment at which the last one leaves, if it is sent now."""
    takes = leaving["takes"]
    last_at = timezone.now() + timedelta(seconds=takes) if takes is not None else None
    return {**leaving, "last_at": last_at}


def _counted(held: Alert) -> dict[str, Any]:
    people = counting.crowd(held)
    found = survey.survey(held, people)
    languages: Counter[str] = Counter()
    channels: Counter[str] = Counter()
    for row in found.told:
        languages[row.language] += row.people
        channels[row.channel] += row.people
    takes = speed.takes(found.told, mode=held.mode)
    now = timezone.now()
    waiting = survey.waiting(held, people, now=now, expires_at=now + held.expires_after)
    return {
        "messages_out": sum(languages.values()),
        "untold": sum(found.untold.values()),
        "languages": languages.most_common(),
        "channels": channels.most_common(),
        "takes": takes.total_seconds() if takes is not None else None,
        "waiting": sum(n for _, _, n in waiting.held),
        "late": waiting.late,
    }
