"""One alert in the hands of one person: what they may do, and where its five steps stand."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from dispatcher.alerts import desk, gate, marks, survey
from dispatcher.alerts.models import Alert
from dispatcher.alerts.states import OPEN, State
from dispatcher.console import shelf
from dispatcher.console.door import person
from dispatcher.console.templatetags.told import apart
from dispatcher.operators import access
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import JournalEntry, User
from dispatcher.operators.roles import READERS, Role
from dispatcher.reports import words

STEPS = {
    "facts": pgettext_lazy("step of an alert", "Facts"),
    "audience": pgettext_lazy("step of an alert", "Audience"),
    "words": pgettext_lazy("step of an alert", "Words"),
    "how": pgettext_lazy("step of an alert", "How it leaves"),
    "check": pgettext_lazy("step of an alert", "Check and submit"),
}
"""In the order in which they are walked; each can be opened at any time."""
BEING_WRITTEN = frozenset({State.DRAFT, State.RETURNED})
"""States in which its pages take changes; what is submitted is taken back first."""
STATES = {
    State.DRAFT: pgettext_lazy("state of an alert", "Being written"),
    State.PENDING: gettext_lazy("Waits for approval"),
    State.RETURNED: gettext_lazy("Sent back"),
    State.REJECTED: gettext_lazy("Rejected"),
    State.APPROVED: gettext_lazy("Approved"),
    State.LAUNCHED: pgettext_lazy("state of an alert", "Launched"),
    State.CANCELLED: pgettext_lazy("state of an alert", "Cancelled"),
}
LOOKS = {
    State.DRAFT: ("edit", ""),
    State.PENDING: ("open", "doubt"),
    State.RETURNED: ("warn", "bad"),
    State.REJECTED: ("refuse", "bad"),
    State.APPROVED: ("met", "good"),
    State.LAUNCHED: ("running", "good"),
    State.CANCELLED: ("stopped", ""),
}
"""Icon and colour of a state; its word stands beside them."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five, as the bar of steps shows it."""

    name: str
    href: str
    state: str


@dataclass(frozen=True, slots=True)
class Crumb:
    """A page on the way here."""

    name: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An alert and the person who has opened it."""

    alert: Alert
    user: User
    owns: bool
    """An author over all of its regions."""
    vouches: bool
    """An author or an approver over all of them."""

    @property
    def writable(self) -> bool:
        """Whether this person may change it as it stands."""
        return self.owns and State(self.alert.state) in BEING_WRITTEN

    @property
    def can_verify(self) -> bool:
        """Whether this person may put their name to its facts as it stands."""
        return self.vouches and State(self.alert.state) in BEING_WRITTEN

    @property
    def open(self) -> bool:
        """Whether it may still be sent, after all that has to be done for that."""
        return State(self.alert.state) in OPEN

    @property
    def submitted(self) -> bool:
        """It can be changed only after it was taken back."""
        return State(self.alert.state) in OPEN - BEING_WRITTEN

    def address(self, step: str) -> str:
        """Where a step is."""
        return _address(f"alerts-{step}", self.alert.pk)

    @property
    def home(self) -> str:
        """The alert's own page: what is asked of whom; the last step where there is none."""
        return page_of(self.alert.pk)


def page_of(number: int) -> str:
    """The address of an alert's own page; of its last step where this console has none."""
    return _address("alert", number) or _address("alerts-check", number)


def find(request: HttpRequest, number: int) -> Draft:
    """The alert, for whoever may read it; 404 for what is not there and for what is not theirs."""
    user = person(request)
    try:
        alert = desk.read(number, by=user)
    except NotAllowed:
        raise Http404 from None
    owns = access.covers(access.regions_of(user, Role.AUTHOR), alert.scope)
    vouching = access.regions_of(user, Role.AUTHOR, Role.APPROVER)
    return Draft(alert, user, owns, owns or access.covers(vouching, alert.scope))


def take(request: HttpRequest, number: int) -> Draft:
    """The same for who wants to change it. Raises NotAllowed for readers."""
    draft = find(request, number)
    if not draft.owns:
        access.require(draft.user, Role.AUTHOR, over=draft.alert.scope)
    return draft


def frame(draft: Draft, step: str) -> dict[str, object]:
    """What every page of an alert shows around its step."""
    alert = draft.alert
    return {
        "area": "alerts",
        "draft": draft,
        "alert": alert,
        "step": step,
        "heading": STEPS[step],
        "subject": words.subject(alert.scenario, alert.part),
        "steps": steps(draft, step),
        "crumbs": (
            Crumb(gettext("Alerts"), reverse("console:alerts")),
            Crumb(name_of(alert)),
        ),
        "state_name": STATES[State(alert.state)],
        "onward": onward(draft, step),
        "mark": marks.of_alert(alert),
    }


def name_of(alert: Alert) -> str:
    """How a page calls it: its title, else what it is about, with its number."""
    about = apart(alert.title or words.subject(alert.scenario, alert.part))
    return gettext("No. %(number)s · %(title)s") % {"number": alert.number, "title": about}


def onward(draft: Draft, step: str) -> str:
    """The address of the step that follows; the last one stays."""
    names = list(STEPS)
    following = names[min(names.index(step) + 1, len(names) - 1)]
    return draft.address(following) or draft.address(step)


def resume(draft: Draft) -> str:
    """The first step that is not done."""
    for name in STEPS:
        if standing(draft, name) != "done":
            return draft.address(name)
    return draft.address("check")


def steps(draft: Draft, current: str) -> tuple[Step, ...]:
    """The bar: what is done, what is wrong, where one is."""
    found = wrong(draft.alert)
    return tuple(
        Step(
            str(title),
            draft.address(name),
            "current" if name == current else standing(draft, name, found),
        )
        for name, title in STEPS.items()
    )


def standing(draft: Draft, step: str, found: frozenset[str] | None = None) -> str:
    """Of a step: done, wrong or todo, from what is cheap to know and what the check found last."""
    alert = draft.alert
    found = wrong(alert) if found is None else found
    if step == "facts":
        if not any(True for _ in gate.unready(alert)):
            return "done"
        return "wrong" if alert.facts.exists() else "todo"
    if found and step in found:
        return "wrong"
    return "done" if _done(draft, step, found) else "todo"


def _done(draft: Draft, step: str, found: frozenset[str] | None) -> bool:
    match step:
        case "audience":
            return survey.has_audience(draft.alert)
        case "words":
            return found is not None
        case "how":
            return _chosen(draft.alert)
        case _:
            return draft.submitted


def wrong(alert: Alert) -> frozenset[str] | None:
    """The steps in which the last check of just this content found a cause; None: unchecked."""
    kept = shelf.take(_key(alert))
    if kept is None or kept.mark != marks.of_alert(alert):
        return None
    return frozenset(kept.html.split())


def keep_wrong(alert: Alert, found: frozenset[str]) -> None:
    """Remember what the check found, for the bar of steps."""
    shelf.keep(_key(alert), mark=marks.of_alert(alert), html=" ".join(sorted(found)), took=0)


def sees_all(draft: Draft) -> bool:
    """Whether the person reads in all of the alert's regions."""
    return access.covers(access.regions_of(draft.user, *READERS), draft.alert.scope)


def _address(name: str, number: int) -> str:
    """Of a page that may not be there yet; '' then."""
    try:
        return reverse(f"console:{name}", args=[number])
    except NoReverseMatch:
        return ""


def _chosen(alert: Alert) -> bool:
    lines = JournalEntry.objects.filter(about=f"alert:{alert.pk}", what="alerts.choices_set")
    return lines.exists()


def _key(alert: Alert) -> str:
    return f"console:alert:{alert.pk}:wrong"
