"""Step four: how it leaves: in which order of channels, how fast, when not, in which words."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy

from dispatcher.alerts import choices, compose, deputies, marks, night, scenarios, survey
from dispatcher.alerts.models import Alert
from dispatcher.alerts.scenarios import CHANNELS
from dispatcher.alerts.survey import Survey, Waiting
from dispatcher.console import acting
from dispatcher.console.alerts import counting, pace
from dispatcher.console.alerts.draft import Draft
from dispatcher.console.alerts.pace import Flow
from dispatcher.console.words.names import group_name
from dispatcher.fanout.pace import FILL
from dispatcher.fanout.plan import Escalation
from dispatcher.kit.errors import Refused
from dispatcher.ledger.statements import ledger_now
from dispatcher.operators.models import Office
from dispatcher.providers import routing
from dispatcher.reports import words
from dispatcher.wording import library
from dispatcher.wording.catalogs import SHIPPED

FALLBACKS = {
    "default_language": pgettext_lazy("fallback", "They get it in the language that stands in"),
    "default_with_link": pgettext_lazy(
        "fallback", "They get it in that language, with a link to a page where others are"
    ),
    "bilingual": pgettext_lazy(
        "fallback", "They get two whole messages: in that language and in their region's"
    ),
    "block": pgettext_lazy("fallback", "They get nothing"),
}
"""What happens to readers in whose language nothing is written."""
STANCES = {
    "": pgettext_lazy("stance", "Neutral"),
    "admits": pgettext_lazy("stance", "Admits: it was our fault"),
    "regrets": pgettext_lazy("stance", "Regrets, without saying whose fault it was"),
}
USUAL, OWN, NEVER = "usual", "own", "never"
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a ladder, on the line of time."""

    after: int
    """Seconds from the launch."""
    channels: tuple[str, ...]
    every: bool
    """By all of these channels; else by the first that can be used."""
    unless: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """How one group is told."""

    group: str
    stages: tuple[Stage, ...]
    asks: bool
    """Whether it is told again when it does not confirm."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What the choices come to for the people of the audience."""

    people: int
    leaves: datetime | None
    """When the last message of the first step would leave, if it were launched now."""
    seconds: float | None
    flows: tuple[Flow, ...]
    without: int
    """People in whose language nothing is written."""
    wanted: tuple[tuple[str, int], ...]
    nothing: int
    """Of them those who get nothing as it is set."""
    waiting: Waiting
    expires: datetime


class Choices(forms.Form):
    """What the sender decides about the way."""

    fallback = forms.ChoiceField(
        label=gettext_lazy("Readers in whose language nothing is written"),
        choices=tuple(FALLBACKS.items()),
        widget=forms.RadioSelect,
    )
    default_language = forms.ChoiceField(label=gettext_lazy("The language that stands in"))
    quiet = forms.ChoiceField(label=gettext_lazy("Quiet hours"), widget=forms.RadioSelect)
    quiet_from = forms.TimeField(
        label=gettext_lazy("From"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("To"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    override = forms.CharField(
        label=gettext_lazy("Why people are woken"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Ten letters at least; it stands in the journal."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    expires = forms.IntegerField(
        label=gettext_lazy("It may still leave for so many hours after the launch"),
        min_value=1,
        max_value=int(choices.LONGEST_LIFE.total_seconds() // _HOUR),
        help_text=gettext_lazy("What has not left by then never leaves."),
    )
    stance = forms.ChoiceField(
        label=gettext_lazy("Which words come first, where there are several"),
        choices=tuple(STANCES.items()),
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: object, alert: Alert, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        plan = scenarios.load(alert.scenario)
        offered = dict.fromkeys([alert.default_language, plan.default_language, *_written(alert)])
        self._choose("default_language", [(tag, words.language_name(tag)) for tag in offered])
        self._choose("quiet", _quiet_choices(alert))

    def _choose(self, name: str, offered: list[tuple[str, object]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = offered


def initial(alert: Alert) -> dict[str, object]:
    """The alert's choices as the form shows them."""
    hours = night.read(alert.quiet_hours) if alert.quiet_hours else None
    return {
        "fallback": alert.fallback,
        "default_language": alert.default_language,
        "quiet": NEVER if alert.quiet_override else OWN if hours else USUAL,
        "quiet_from": hours.start if hours else None,
        "quiet_to": hours.end if hours else None,
        "override": alert.quiet_override,
        "expires": int(alert.expires_after.total_seconds() // _HOUR) or 1,
        "stance": alert.stance,
    }


def settle(form: Choices, draft: Draft, *, seen: str) -> None:
    """Write the choices; what is refused stands in the form."""
    told = form.cleaned_data
    hours = ""
    if told["quiet"] == OWN:
        if not (told["quiet_from"] and told["quiet_to"]):
            form.add_error("quiet_from", gettext("From when to when?"))
            return
        hours = f"{told['quiet_from']:%H:%M}-{told['quiet_to']:%H:%M}"
    if told["quiet"] == NEVER and not told["override"]:
        form.add_error("override", gettext("Say why people are woken."))
        return
    if seen != mark(draft.alert) and _stands(form, draft.alert):
        return
    places = {"alerts.reason_missing": "override", "alerts.bad_quiet_hours": "quiet_from"}
    with acting.into(form, fields=places):
        compose.set_choices(
            draft.alert,
            by=draft.user,
            expires_after=_life(draft.alert, told["expires"]),
            fallback=told["fallback"],
            default_language=told["default_language"],
            quiet_hours=hours,
            override_quiet=told["override"] if told["quiet"] == NEVER else "",
            stance=told["stance"],
            seen=seen,
        )


def _stands(form: Choices, alert: Alert) -> bool:
    """Whether just this is kept already: a second press, or an answer that was lost on its way."""
    told = form.cleaned_data
    return all(told[name] == value for name, value in initial(alert).items() if name in told)


def _life(alert: Alert, hours: int) -> timedelta:
    """What was not touched keeps its minutes."""
    same = initial(alert)["expires"] == hours
    return alert.expires_after if same else timedelta(hours=hours)


def mark(alert: Alert) -> str:
    """Of the choices as they stand."""
    return marks.of_choices(alert)


def ladders(alert: Alert) -> tuple[Ladder, ...]:
    """Of every group of the scenario; channels without a carrier are left out."""
    return tuple(
        Ladder(
            group_name(group.name),
            tuple(
                Stage(step.after or 0, step.channels, step.take == "all", step.unless)
                for step in group.ladder
            ),
            any(step.after and step.unless == "acknowledged" for step in group.ladder),
        )
        for group in survey.groups(alert)
        if group.ladder
    )


def escalation(alert: Alert) -> str:
    """Who is told when too few answer; '' where nobody is."""
    asked = scenarios.load(alert.scenario).escalation
    found = deputies.escalation(alert)
    if asked is None or not isinstance(found, Escalation):
        return ""
    office = Office.objects.filter(pk=asked.office).first()
    minutes = found.within // 60
    return ngettext(
        "If less than %(share)s %% of %(group)s have confirmed after %(minutes)s minute, this is "
        "told: %(whom)s.",
        "If less than %(share)s %% of %(group)s have confirmed after %(minutes)s minutes, this is "
        "told: %(whom)s.",
        minutes,
    ) % {
        "share": asked.share,
        "group": group_name(asked.of) if asked.of else gettext("everybody"),
        "minutes": minutes,
        "whom": str(office or asked.to),
    }


def effects(alert: Alert) -> Effects:
    """Raises what `contacts.reach` raises."""
    crowd = counting.crowd(alert)
    found = survey.survey(alert, crowd)
    now = ledger_now()
    people: Counter[str] = Counter()
    for row in found.told:
        people[row.channel] += row.people
    flows = pace.flows(people, accounts=_accounts(alert), rates=_rates())
    seconds = pace.last(flows)
    return Effects(
        people=found.people,
        leaves=now + timedelta(seconds=seconds) if seconds is not None else None,
        seconds=seconds,
        flows=flows,
        without=sum(found.cases.values()),
        wanted=_wanted(found),
        nothing=sum(n for case, n in found.cases.items() if not case.told),
        waiting=survey.waiting(alert, crowd, now=now, expires_at=now + alert.expires_after),
        expires=now + alert.expires_after,
    )


def _wanted(found: Survey) -> tuple[tuple[str, int], ...]:
    """(language, people) in whose language nothing is written, most first."""
    people: Counter[str] = Counter()
    for case, n in found.cases.items():
        people[words.language_name(case.wanted)] += n
    return tuple(people.most_common())


def _accounts(alert: Alert) -> dict[str, str]:
    """Channel -> the account that would carry it."""
    mode: routing.Mode = "drill" if alert.mode == Alert.DRILL else "real"
    found: dict[str, str] = {}
    for channel in CHANNELS:
        try:
            found[channel] = routing.account_for(channel, mode=mode)
        except Refused:
            continue
    return found


def _rates() -> dict[str, float]:
    """Account -> messages a second that really go: the pace keeps below what was configured."""
    return {name: rate * FILL for name, rate in settings.PACE.items()}


def _written(alert: Alert) -> list[str]:
    """Languages in which something is written for this alert."""
    found = set(library.languages(set(survey.words(alert).values())))
    return [tag for tag in SHIPPED if tag in found] + sorted(found - set(SHIPPED))


def _quiet_choices(alert: Alert) -> list[tuple[str, object]]:
    plan = scenarios.load(alert.scenario)
    bare = Alert(scenario=alert.scenario, part=alert.part)
    hours, _why = night.quiet(bare)
    usual = (
        gettext("As planned: it waits from %(start)s to %(end)s on the reader's clock")
        % {"start": f"{hours.start:%H:%M}", "end": f"{hours.end:%H:%M}"}
        if hours
        else gettext("As planned: quiet hours do not apply")
    )
    offered: list[tuple[str, object]] = [(USUAL, usual)]
    if plan.severity != "life_safety":
        offered.append((OWN, gettext("It waits in these hours on the reader's clock:")))
    if hours or alert.quiet_hours or alert.quiet_override:
        offered.append((NEVER, gettext("It wakes people this time, for this reason:")))
    return offered
