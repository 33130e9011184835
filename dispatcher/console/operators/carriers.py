"""The carriers' accounts: whether they are well, and a test message to oneself."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dispatcher.console import acting
from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import person
from dispatcher.console.operators import page
from dispatcher.console.operators.admins import admins
from dispatcher.console.operators.forms import Trying
from dispatcher.fanout import trial
from dispatcher.ledger.facts import Kind
from dispatcher.providers.routing import MODES, Mode
from dispatcher.reports.words import reason

WORDS: dict[Mode, str] = {"drill": "", "real": "SEND REAL TEST"}
"""What is typed by hand before a test leaves the house. Never translated, as with a launch."""


@never_cache
@require_safe
@admins
def carriers(request: HttpRequest) -> HttpResponse:
    """Accounts of both modes."""
    accounts = page.accounts()
    told = {
        "modes": [(mode, [one for one in accounts if one.mode == mode]) for mode in MODES],
        "area": "operators",
        "tab": "carriers",
    }
    return render(request, "console/operators/carriers.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@admins
@fresh
def carrier_try(request: HttpRequest, mode: str, account: str) -> HttpResponse:
    """The form, and what the carrier answered; the same form sent twice sends one message."""
    found = next((o for o in page.accounts() if (o.mode, o.name) == (mode, account)), None)
    if found is None or not found.tryable:
        raise Http404
    user = person(request)
    form = Trying(request.POST or None, words=WORDS[found.mode])
    if request.method == "POST" and form.is_valid():
        with acting.into(form, fields={"providers.bad_address": "to"}):
            to = trial.address(form.cleaned_data["to"], channel=found.channel)
            if acting.once(user, request.POST.get("ticket", "")) is not None:
                return redirect("console:carriers")
            outcome = trial.send(to, account=found.name, mode=found.mode, by=user)
            if outcome.kind is Kind.TAKEN:
                messages.success(request, gettext("The carrier took it. Look at your device."))
            else:
                why = reason(outcome.code, carrier=found.carrier)
                messages.error(request, gettext("It was not taken: %(reason)s") % {"reason": why})
            return redirect("console:carriers")
    told = {
        "account": found,
        "form": form,
        "words": WORDS[found.mode],
        "ticket": acting.ticket(),
        "area": "operators",
        "tab": "carriers",
    }
    return render(request, "console/operators/try.html", told)
