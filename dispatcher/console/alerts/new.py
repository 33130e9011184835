"""Beginning an alert: which scenario, what it is to readers, and whether it is a drill."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from dispatcher.alerts import compose, desk, scenarios
from dispatcher.alerts.models import Alert
from dispatcher.alerts.states import State
from dispatcher.console import acting
from dispatcher.console.door import person
from dispatcher.kit.errors import Refused
from dispatcher.operators import access
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import Office, User
from dispatcher.operators.roles import Role
from dispatcher.reports import words

ABOUT = {
    "recall": gettext_lazy(
        "A product must come back: it may harm those who use it. Tells shops, staff, the press and "
        "everybody who may have bought it."
    ),
    "breach": gettext_lazy(
        "Personal data came into wrong hands. Tells those whom it concerns, staff and the press "
        "what is known and what to do."
    ),
    "side_effect": gettext_lazy(
        "A medicine may do harm. Tells clinicians first, then patients, staff and the press."
    ),
}
"""What each shipped scenario is for."""
SEVERITIES = {
    "life_safety": pgettext_lazy("severity", "About life and safety: quiet hours do not apply"),
    "urgent": pgettext_lazy("severity", "Urgent: leaves at once"),
    "routine": pgettext_lazy("severity", "Routine: waits for quiet hours"),
}
PARTS_ABOUT = {
    "first": gettext_lazy("The first that people hear of it."),
    "update": gettext_lazy("What is known now, after an earlier notice."),
    "correction": gettext_lazy("Something in an earlier notice was wrong."),
    "all_clear": gettext_lazy("It is over."),
}
FOLLOWED = 8
"""Earlier alerts that are offered to be followed."""


@dataclass(frozen=True, slots=True)
class Card:
    """A scenario as one chooses it."""

    key: str
    title: str
    about: str
    severity: str
    offices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An alert that has left and may be followed."""

    alert: Alert
    subject: str
    ways: tuple[tuple[str, str], ...]
    """(address, name) of what may follow it."""


class Beginning(forms.Form):
    """What is fixed when an alert is begun."""

    scenario = forms.ChoiceField(label=gettext_lazy("What has happened?"))
    part = forms.ChoiceField(label=gettext_lazy("What is it to its readers?"), initial="first")
    mode = forms.ChoiceField(
        label=gettext_lazy("Drill or real?"),
        choices=tuple(words.MODES.items()),
        error_messages={"required": gettext_lazy("Choose: a drill, or the real thing.")},
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For you and your colleagues; readers never see it."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    regions = forms.MultipleChoiceField(
        label=gettext_lazy("For which of your regions?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("It never reaches farther than these. None ticked: all of them."),
    )

    def __init__(self, *args: object, user: User, follows: Alert | None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.follows = follows
        self.cards = [card(key) for key in scenarios.names()]
        mine = access.regions_of(user, Role.AUTHOR)
        self._choose("scenario", [(one.key, one.title) for one in self.cards])
        self._choose("part", list(words.PARTS.items()))
        self._choose("regions", [(code, words.region_name(code)) for code in mine])
        if follows:
            del self.fields["scenario"], self.fields["mode"], self.fields["regions"]
            self._choose("part", [pair for pair in words.PARTS.items() if pair[0] != "first"])
        elif len(mine) < 2:  # noqa: PLR2004  # nothing to choose between
            del self.fields["regions"]

    def _choose(self, name: str, choices: list[tuple[str, object]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def parts(self) -> list[tuple[str, str, str]]:
        """(key, name, what it is for)."""
        field = self.fields["part"]
        assert isinstance(field, forms.ChoiceField)
        return [(str(key), str(name), str(PARTS_ABOUT[str(key)])) for key, name in field.choices]  # type: ignore[union-attr, misc]


def card(key: str) -> Card:
    """A scenario in words."""
    plan = scenarios.load(key)
    offices = Office.objects.in_bulk(plan.offices)
    return Card(
        key,
        gettext(plan.title),
        str(ABOUT.get(key, "")),
        str(SEVERITIES[plan.severity]),
        tuple(str(offices.get(name, name)) for name in plan.offices),
    )


def earlier(user: User) -> list[Earlier]:
    """What has left and may be followed by this author, newest first."""
    here = reverse("console:alerts-new")
    mine = access.regions_of(user, Role.AUTHOR)
    found = desk.listed(by=user).filter(state=State.LAUNCHED)[:FOLLOWED]
    return [
        Earlier(
            alert,
            words.subject(alert.scenario, alert.part),
            tuple(
                (f"{here}?follows={alert.pk}&part={part}", str(words.PARTS[part]))
                for part in ("update", "correction", "all_clear")
            ),
        )
        for alert in found
        if access.covers(mine, alert.scope)
    ]


def followed(request: HttpRequest) -> Alert | None:
    """The alert that the address says is followed; None for none, or for one that is not theirs."""
    number = request.GET.get("follows", "")
    if not number:
        return None
    try:
        return desk.read(number, by=person(request))
    except (NotAllowed, Refused):
        return None


def begin(form: Beginning, *, by: User) -> Alert | None:
    """The draft; None when it was refused, with the reason in the form."""
    told, follows = form.cleaned_data, form.follows
    made: Alert | None = None
    with acting.into(form):
        made = compose.compose(
            follows.scenario if follows else told["scenario"],
            by=by,
            mode=follows.mode if follows else told["mode"],
            part=told["part"],
            title=told["title"],
            regions=told.get("regions", ()),
            follows=follows,
        )
    return None if form.errors else made
