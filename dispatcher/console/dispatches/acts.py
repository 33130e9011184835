"""What can be done about a dispatch: pause, resume, stop, what follows it, who has not answered."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.reach import Named, names
from contacts.regions import Scope
from dispatcher.alerts import compose, desk, launch, remind
from dispatcher.alerts.models import Alert
from dispatcher.alerts.states import State
from dispatcher.alerts.turns import Rights
from dispatcher.console import acting
from dispatcher.console.account.fresh import fresh
from dispatcher.console.alerts.draft import STATES
from dispatcher.console.dispatches import seen
from dispatcher.console.dispatches.seen import Seen
from dispatcher.console.door import for_roles, person
from dispatcher.ledger import moving, snapshots, stages, tally
from dispatcher.ledger.stages import Silent, Stage
from dispatcher.operators import access
from dispatcher.operators.models import User
from dispatcher.operators.roles import READERS, STOPPERS, Role
from dispatcher.reports import after_action, words

PARTS = ("update", "correction", "all_clear")
"""What may follow a dispatch."""
NAMED = (Role.AUTHOR, Role.REGISTRY_KEEPER)
"""Who is told people's names: those who act on them; viewers and approvers see numbers."""
PAGE = 100
"""People of the dispatch on a page of those who have not answered."""


class Why(forms.Form):
    """A reason for the journal."""

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("It stands in the journal."),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


@dataclass(frozen=True, slots=True)
class Follower:
    """An alert that follows this one, and how far it is."""

    alert: Alert
    state: str
    ready: bool
    """Approved: one step from leaving."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What this person may do about this dispatch."""

    stops: bool
    writes: bool
    followers: tuple[Follower, ...]

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """What may be prepared: part and its name."""
        return tuple((part, str(words.PARTS[part])) for part in PARTS) if self.writes else ()


@dataclass(frozen=True, slots=True)
class Quiet:
    """Somebody who has not answered, as the page shows them."""

    silent: Silent
    named: Named
    reason: str


def hands(found: Seen, *, user: User) -> Hands:
    """Asked before the page is shown; the services ask again."""
    alert = alert_of(found)
    if alert is None:
        return Hands(stops=False, writes=False, followers=())
    rights = Rights.of(user)
    over = found.dispatch.stopped_at or found.dispatch.completed_at
    followers = tuple(
        Follower(one, str(STATES[State(one.state)]), one.state == "approved")
        for one in Alert.objects.filter(follows=alert).order_by("-pk")[:10]
        if desk.seen_by(user, one)
    )
    return Hands(
        stops=not over and bool(rights.stops) and access.covers(rights.stops, alert.scope),
        writes=bool(rights.writes) and access.covers(rights.writes, alert.scope),
        followers=followers,
    )


def alert_of(found: Seen) -> Alert | None:
    """The alert that was launched; None where it is no alert of ours."""
    number = found.dispatch.alert_ref.removeprefix("alert:")
    return Alert.objects.filter(pk=int(number)).first() if number.isdecimal() else None


@require_POST
@for_roles(*STOPPERS)
def dispatch_pause(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """Nothing more leaves until it is resumed. Pausing twice is pausing once."""
    found, alert = _taken(request, dispatch_id)
    launch.pause(alert, by=person(request))
    messages.warning(request, gettext("Paused. Nothing more leaves until somebody resumes it."))
    return redirect("console:dispatch", found.dispatch.pk)


@require_POST
@for_roles(*STOPPERS)
@fresh
def dispatch_resume(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """Go on after a pause."""
    found, alert = _taken(request, dispatch_id)
    launch.resume(alert, by=person(request))
    messages.success(request, gettext("It goes on."))
    return redirect("console:dispatch", found.dispatch.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*STOPPERS)
def dispatch_stop(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """Withdraw for good what has not left; the page says what cannot be taken back."""
    found, alert = _taken(request, dispatch_id)
    form = Why(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with acting.into(form):
            launch.stop(alert, by=person(request), reason=form.cleaned_data["reason"])
            messages.warning(
                request, gettext("Stopped. To tell people that it is over, write an all-clear.")
            )
            return redirect("console:dispatch", found.dispatch.pk)
    whole = after_action.rows(tally.books(dispatch_id, regions=after_action.codes(found.scope)))
    left = sum(row.targeted - row.of("excluded") - row.of("waiting") for row in whole)
    told = {
        "area": "dispatches",
        "mode": found.dispatch.mode,
        "form": form,
        "seen": found,
        "left": left,
        "waiting": sum(row.of("waiting") for row in whole),
        "back": reverse("console:dispatch", args=[dispatch_id]),
    }
    return render(request, "console/dispatches/stop.html", told)


@require_POST
@for_roles(Role.AUTHOR)
def dispatch_follow(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """A draft of a correction, an all-clear or an update to those who may have received this."""
    _, alert = _taken(request, dispatch_id)
    user, part = person(request), request.POST.get("part", "")
    if part not in PARTS:
        raise Http404
    mark = request.POST.get("ticket", "")
    led = acting.once(user, mark) if mark else None
    if led is not None:  # "-": the first press is still at it
        return redirect(led if led != "-" else reverse("console:dispatch", args=[dispatch_id]))
    made = compose.compose(
        alert.scenario, by=user, mode=alert.mode, part=part, follows=alert, title=alert.title
    )
    there = reverse("console:alert", args=[made.pk])
    if mark:
        acting.once(user, mark, to=there)
    line = gettext(
        "Prepared: %(part)s, alert no. %(number)s. Nothing leaves before it is approved."
    )
    messages.success(request, line % {"part": words.PARTS[part], "number": made.number})
    return redirect(there)


@never_cache
@require_safe
@for_roles(*READERS)
def dispatch_unanswered(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """Who has not answered, page by page in the order of the registry; names for who may act."""
    found, alert = _taken(request, dispatch_id)
    user = person(request)
    after = request.GET.get("after", "0")
    page = moving.unanswered(
        dispatch_id,
        after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0,  # noqa: PLR2004  # a bigint
        most=PAGE,
        regions=after_action.codes(found.scope),
    )
    small = found.dispatch.targeted <= snapshots.SMALL and found.whole
    told = {
        "area": "dispatches",
        "seen": found,
        "dispatch": found.dispatch,
        "people": _named(page.people, user=user, alert=alert),
        "older": f"?after={page.after}" if page.after is not None else "",
        "first": after in {"", "0"},
        "answers": stages.answers(dispatch_id) if small else None,
        "reminders": _reminders(alert),
        "may_remind": _may_remind(found, alert, user),
    }
    return render(request, "console/dispatches/unanswered.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.AUTHOR)
@fresh
def dispatch_remind(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """One more message to exactly those who have not answered; asking twice is asking once."""
    found, alert = _taken(request, dispatch_id)
    earlier = remind.reminders(alert)
    name = remind.NAME if not earlier else f"{remind.NAME} {len(earlier) + 1}"
    if request.method == "POST":
        done = remind.remind(alert, by=person(request), name=request.POST.get("name") or name)
        if done.made:
            messages.success(request, gettext("The reminder is on its way to who is silent."))
        else:
            messages.info(request, gettext("This reminder had been asked for already."))
        return redirect("console:dispatch-unanswered", found.dispatch.pk)
    told = {
        "area": "dispatches",
        "seen": found,
        "mode": found.dispatch.mode,
        "name": name,
        "earlier": earlier,
        "back": reverse("console:dispatch-unanswered", args=[dispatch_id]),
    }
    return render(request, "console/dispatches/remind.html", told)


@never_cache
@require_safe
@for_roles(*READERS)
def dispatch_person(request: HttpRequest, dispatch_id: int, contact_id: int) -> HttpResponse:
    """What became of each message to one person; 404 for who is not of these regions."""
    found, alert = _taken(request, dispatch_id)
    if contact_id >= 2**63:
        raise Http404
    told, left_out = moving.story(dispatch_id, contact_id, regions=after_action.codes(found.scope))
    if not told and not left_out:
        raise Http404
    named = names([contact_id], scope=_names_scope(person(request), alert)).get(contact_id)
    return render(
        request,
        "console/dispatches/person.html",
        {
            "area": "dispatches",
            "seen": found,
            "dispatch": found.dispatch,
            "contact": contact_id,
            "named": named,
            "messages_out": [
                (one, words.reason(one.code, carrier=one.carrier) if one.code else "",
                 words.remedy(one.code, carrier=one.carrier) if one.code else "",
                 words.MATCHES.get(one.match, ""), words.UNKNOWNS.get(one.verdict or "open", ""))
                for one in told
            ],
            "left_out": [(one, words.reason(one.reason), words.remedy(one.reason))
                         for one in left_out],
        },
    )  # fmt: skip


def _taken(request: HttpRequest, dispatch_id: int) -> tuple[Seen, Alert]:
    """The dispatch and its alert, for somebody who reads some of it; else 404."""
    found = seen.find(person(request), dispatch_id) if dispatch_id < 2**63 else None
    alert = alert_of(found) if found else None
    if found is None or alert is None:
        raise Http404
    return found, alert


def _named(people: tuple[Silent, ...], *, user: User, alert: Alert) -> list[Quiet]:
    known = names([one.contact_id for one in people], scope=_names_scope(user, alert))
    nobody = Named("", "")
    return [
        Quiet(
            one, known.get(one.contact_id, nobody), words.reason(one.reason) if one.reason else ""
        )
        for one in people
    ]


def _names_scope(user: User, alert: Alert) -> Scope:
    """Where this person is told names."""
    return Scope(regions=access.common(access.regions_of(user, *NAMED), alert.scope))


def _reminders(alert: Alert) -> list[tuple[Stage, str]]:
    return [(one, str(words.STAGES[one.state])) for one in remind.reminders(alert)]


def _may_remind(found: Seen, alert: Alert, user: User) -> bool:
    writes = access.regions_of(user, Role.AUTHOR)
    return not found.dispatch.stopped_at and bool(writes) and access.covers(writes, alert.scope)
