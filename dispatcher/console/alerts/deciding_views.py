"""An alert's page, what its offices say to it, and the ways from there to the launch."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import errors as contacts_errors
from dispatcher.alerts import approve, desk, launch, looks
from dispatcher.alerts.models import Alert, Approval
from dispatcher.alerts.states import MEANING, State
from dispatcher.alerts.turns import Rights, Turn, turn
from dispatcher.console import acting
from dispatcher.console.account.fresh import fresh
from dispatcher.console.alerts import deciding_page as pages
from dispatcher.console.alerts import outgoing
from dispatcher.console.alerts.deciding_forms import Glass, Reason, Word, seats
from dispatcher.console.alerts.draft import STATES
from dispatcher.console.door import for_roles, person
from dispatcher.console.saying import said
from dispatcher.kit.errors import Refused
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import Office, User
from dispatcher.operators.roles import READERS, STOPPERS, Role
from dispatcher.reports.words import listing

_GONE_BY = frozenset({"alerts.not_pending", "alerts.move_not_allowed", "alerts.changed_meanwhile"})
"""What a second click of the same person is told: the first one did it."""
NEVER_SENT = frozenset({State.REJECTED, State.CANCELLED})
Said = Approval.Decision


@dataclass(frozen=True, slots=True)
class Preview:
    """What goes out and what has changed; `refused` says why it cannot be told."""

    shown: outgoing.Shown | None = None
    changed: pages.Changed | None = None
    refused: str = ""

    @property
    def lazy(self) -> bool:
        """Whether the page must ask for it."""
        return self.shown is None and not self.refused


@never_cache
@require_safe
@for_roles(*READERS)
def alert(request: HttpRequest, number: int) -> HttpResponse:
    """What it is, whose turn it is, what exactly goes out, and what this person may do."""
    user = person(request)
    held = desk.read(number, by=user)
    mine = turn(held, Rights.of(user))
    made = launch.dispatch_of(held)
    language, wait = request.GET.get("in", ""), "whole" in request.GET
    seen = _preview(held, by=user, language=language, wait=wait)
    told = {
        "area": "alerts",
        "alert": held,
        "state": STATES[State(held.state)],
        "meaning": gettext(MEANING[State(held.state)]),
        "turn": mine,
        "whose": _whose(held, mine),
        "offices": _offices(mine.offices),
        "seats": seats([(o.pk, str(o)) for o in _offices(mine.offices)])(),
        "barred": _barred(held, mine, user),
        "dispatch": made,
        "seen": seen,
        "moments": pages.timeline(
            held,
            mine,
            launched_at=made.launched_at if made else None,
            by=made.launched_by if made else "",
        ),
        "facts": pages.facts(held, regions=desk.regions_seen(user, held)),
        "follows": held.follows if held.follows and desk.seen_by(user, held.follows) else None,
        "writing": way("console:alerts-resume", held.pk),
        "whole": "?" + urlencode({"whole": 1, **({"in": language} if language else {})}),
    }
    return render(request, "console/alerts/alert.html", told)


@require_POST
@for_roles(Role.APPROVER)
def alert_approve(request: HttpRequest, number: int) -> HttpResponse:
    """An office's yes to what was seen; a page that says so when it is not that any more."""
    held, seen = desk.read(number, by=person(request)), request.POST.get("seen", "")
    if not seen or seen != held.fingerprint:
        return _changed(request, held)
    office = request.POST.get("office", "")

    def act() -> None:
        approve.approve(held, by=person(request), office=office, seen=seen)

    try:
        _once(act, held, by=person(request), said=Said.APPROVED)
    except Refused as refused:
        if refused.code == "alerts.changed_since_seen":
            return _changed(request, held)
        raise
    messages.success(request, gettext("Your yes is on record."))
    return redirect("console:alert", held.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.APPROVER)
def alert_return(request: HttpRequest, number: int) -> HttpResponse:
    """Send it back to its author, with a reason."""
    return _refuse(
        request,
        number,
        act=approve.send_back,
        said=Said.RETURNED,
        told={
            "heading": gettext("Send it back"),
            "text": gettext(
                "The author changes it and submits it again. Approvals given so far no longer "
                "count."
            ),
            "action": gettext("Send it back"),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.APPROVER)
def alert_reject(request: HttpRequest, number: int) -> HttpResponse:
    """Refuse it for good, with a reason."""
    return _refuse(
        request,
        number,
        act=approve.reject,
        said=Said.REJECTED,
        told={
            "heading": gettext("Reject it for good"),
            "text": gettext(
                "It can never be sent, and nobody can undo this. To have something changed, send "
                "it back instead."
            ),
            "action": gettext("Reject it for good"),
            "danger": True,
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*STOPPERS)
@fresh
def alert_break_glass(request: HttpRequest, number: int) -> HttpResponse:
    """Approve without the offices, because they cannot be reached."""
    held = desk.read(number, by=person(request))
    form, seen = Glass(request.POST or None), request.POST.get("seen", "")
    if request.method == "POST" and seen != held.fingerprint:
        return _changed(request, held)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with acting.into(form, fields={"alerts.reason_missing": "reason"}):
            _once(
                lambda: approve.break_glass(held, by=person(request), reason=reason, seen=seen),
                held,
                by=person(request),
                said=Said.BREAK_GLASS,
            )
        if not form.errors:
            messages.warning(request, gettext("Approved without the offices. It is on record."))
            return redirect("console:alert", held.pk)
    missing = _offices(approve.open_offices(held) if held.state == State.PENDING else ())
    told = {
        "area": "alerts",
        "alert": held,
        "form": form,
        "heading": gettext("Approve without the offices"),
        "text": gettext(
            "Only when an office cannot be reached and waiting does more harm. Passed over: "
            "%(offices)s. One of them reviews this afterwards."
        )
        % {"offices": listing(missing) or "–"},
        "action": gettext("Break the glass"),
        "mark": held.fingerprint,
        "danger": True,
        "back": reverse("console:alert", args=[held.pk]),
    }
    return render(request, "console/parts/confirm.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.APPROVER)
def alert_review(request: HttpRequest, number: int) -> HttpResponse:
    """An office's word about broken glass, afterwards."""
    user = person(request)
    held = desk.read(number, by=user)
    broken = approve.to_review().filter(alert=held).select_related("user").first()
    if broken is None:
        messages.info(request, gettext("It has been reviewed."))
        return redirect("console:alert", held.pk)
    form = Word(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with acting.into(form, fields={"alerts.reason_missing": "word"}):
            approve.review(broken, by=user, word=form.cleaned_data["word"])
        if not form.errors:
            messages.success(request, gettext("Your word is on record."))
            return redirect("console:alert", held.pk)
    told = {
        "area": "alerts",
        "alert": held,
        "form": form,
        "heading": gettext("Review broken glass"),
        "text": gettext("%(who)s approved this alert without the offices, because: %(reason)s")
        % {"who": broken.user.get_full_name(), "reason": broken.reason},
        "action": gettext("Put it on record"),
        "back": reverse("console:alert", args=[held.pk]),
    }
    return render(request, "console/parts/confirm.html", told)


def way(name: str, *args: object) -> str:
    """The address of a page, or '' while there is none of that name."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _refuse(
    request: HttpRequest,
    number: int,
    *,
    act: Callable[..., Alert],
    said: Said,
    told: dict[str, object],
) -> HttpResponse:
    held = desk.read(number, by=person(request))
    form: forms.Form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with acting.into(form, fields={"alerts.reason_missing": "reason"}):
            _once(
                lambda: act(held, by=person(request), reason=reason),
                held,
                by=person(request),
                said=said,
            )
        if not form.errors:
            messages.success(request, gettext("It is on record, and the author can read why."))
            return redirect("console:alert", held.pk)
    told |= {
        "area": "alerts",
        "alert": held,
        "form": form,
        "back": reverse("console:alert", args=[held.pk]),
    }
    return render(request, "console/parts/confirm.html", told)


def _once(act: Callable[[], object], held: Alert, *, by: User, said: Said) -> None:
    """The act; when it cannot be done because this person has just done it, that is well."""
    try:
        act()
    except NotAllowed:
        raise
    except Refused as refused:
        if refused.code not in _GONE_BY or not _has_said(held, by=by, said=said):
            raise


def _has_said(held: Alert, *, by: User, said: Said) -> bool:
    """Whether this person's yes to this content counts, or this no is the last word about it."""
    words = Approval.objects.filter(alert_id=held.pk, void_at=None).order_by("-pk")
    mine = words.filter(user=by, decision=said.value, fingerprint=held.fingerprint).first()
    return mine is not None and (said is Said.APPROVED or mine == words.first())


def _changed(request: HttpRequest, held: Alert) -> HttpResponse:
    """Somebody changed it while this person was reading: nothing was said."""
    told = {"area": "alerts", "alert": held, "state": STATES[State(held.state)]}
    return render(request, "console/alerts/changed.html", told, status=409)


def _preview(held: Alert, *, by: User, language: str, wait: bool) -> Preview:
    """What goes out, for who may see all of it; the look is kept once it is shown."""
    if State(held.state) in NEVER_SENT:
        return Preview(refused=gettext("Nothing: this alert will never be sent."))
    if not desk.sees_all(by, held):
        return Preview(refused=gettext("This alert reaches further than your regions; what goes "
                                       "out, and to how many, is shown to those who see all of "
                                       "them."))  # fmt: skip
    own = language or translation.get_language() or "en"
    try:
        shown = outgoing.shown(held, by=by, language=_tag(own), wait=wait)
    except (Refused, contacts_errors.Refused) as refused:
        return Preview(refused=said(refused))
    if shown is None:
        return Preview()
    before = looks.look(held, shown.sight, by=by)
    return Preview(
        shown, pages.changed(before, shown.sight, scenario=held.scenario) if before else None
    )


def _tag(text: str) -> str:
    """pt-br as pt-BR, zh-hans as zh-Hans."""
    first, *rest = text[:35].split("-")
    return "-".join([first, *(one.title() if len(one) == 4 else one.upper() for one in rest)])  # noqa: PLR2004  # a script has four letters


def _offices(keys: tuple[str, ...]) -> list[Office]:
    held = {office.pk: office for office in Office.objects.filter(pk__in=keys)}
    return [held[key] for key in keys if key in held]


def _whose(held: Alert, mine: Turn) -> str:
    """Whose turn it is, in one sentence."""
    state = State(held.state)
    if state is State.PENDING:
        names = listing(_offices(mine.missing))
        if mine.offices:
            return gettext("It is your turn. Asked: %(offices)s") % {"offices": names}
        return gettext("It is the turn of: %(offices)s") % {"offices": names}
    if state is State.APPROVED:
        return (
            gettext("Approved. You may launch it.")
            if mine.launch
            else gettext("Approved. An author of its regions may launch it.")
        )
    if state in {State.DRAFT, State.RETURNED}:
        line = gettext("It is the turn of its author, %(who)s.")
        return line % {"who": held.author.get_full_name()}
    return ""


def _barred(held: Alert, mine: Turn, user: User) -> str:
    if not mine.barred:
        return ""
    given = held.approvals.filter(user=user, decision=Said.APPROVED, void_at=None).first()
    office = str(given.office) if given and given.office else ""
    facts = {"who": user.get_full_name(), "number": held.number, "office": office}
    return said(Refused(mine.barred, **facts))
