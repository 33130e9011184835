"""Step five: all that would refuse, warn or surprise, each with the step that mends it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from contacts import errors as contacts_errors
from dispatcher.alerts import scenarios
from dispatcher.alerts.preview import Example, Preview
from dispatcher.console.alerts import alike
from dispatcher.console.alerts.alike import Note
from dispatcher.console.alerts.draft import STEPS, Draft
from dispatcher.console.alerts.facts import slug
from dispatcher.console.words.names import group_name
from dispatcher.kit.errors import Refused
from dispatcher.operators.models import Office
from dispatcher.reports import words

AnyRefused = Refused | contacts_errors.Refused
_STEP_OF = {
    "alerts.no_audience": "audience", "alerts.audience_empty": "audience",
    "alerts.nobody_reachable": "audience", "alerts.people_outside_scope": "audience",
    "alerts.people_without_language": "audience", "alerts.quiet_late": "how",
    "alerts.stance_missing": "how", "alerts.no_default_wording": "words",
    "alerts.default_without_link": "how", "alerts.channel_without_carrier": "",
    "alerts.no_carrier": "", "alerts.no_deputies": "", "alerts.still_leaving": "",
    "alerts.still_leaving_elsewhere": "",
}  # fmt: skip
"""Where a code is mended, for those whose name does not say it; '': not on these pages."""
_BEGINS = (
    ("alerts.fact_", "facts"),
    ("wording.fact_", "facts"),
    ("contacts.", "audience"),
    ("alerts.quiet_", "how"),
    ("alerts.sms_", "words"),
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A real person's message, with how many get the like."""

    message: Example
    group: str
    region: str
    people: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """The examples of one language."""

    language: str
    name: str
    phones: tuple[Phone, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Board:
    """All that the page says."""

    causes: tuple[Note, ...]
    blockers: int
    """How many causes there are; those of one kind are one note."""
    findings: tuple[Note, ...]
    total: int
    reachable: int
    channels: tuple[tuple[str, int], ...]
    shelves: tuple[Shelf, ...]
    silent: tuple[tuple[str, int], ...]
    """(why, people) to whom nothing goes."""


def board(draft: Draft, seen: Preview) -> Board:
    """The preview as the page shows it."""
    channels: dict[str, int] = defaultdict(int)
    for row in seen.told:
        channels[row.channel] += row.people
    silent: dict[str, int] = defaultdict(int)
    for (_group, why), people in seen.untold.items():
        silent[words.reason(why)] += people
    return Board(
        causes=notes(draft, seen.causes, level="refuse"),
        blockers=len(seen.causes),
        findings=notes(draft, seen.findings, level="warn"),
        total=seen.reachable.total,
        reachable=seen.reachable.reachable,
        channels=tuple(channels.items()),
        shelves=tuple(_shelves(seen.examples)),
        silent=tuple(sorted(silent.items(), key=lambda one: -one[1])),
    )


def notes(draft: Draft, errors: Iterable[AnyRefused], *, level: str) -> tuple[Note, ...]:
    """Each kind as a sentence, with the way to the step that mends it."""
    return alike.grouped(
        errors,
        level=level,
        scenario=draft.alert.scenario,
        remedy=lambda error: _remedy(draft, error),
    )


def step_of(code: str) -> str:
    """The step in which what a code says is mended; '' for none of them."""
    if code in _STEP_OF:
        return _STEP_OF[code]
    return next((step for start, step in _BEGINS if code.startswith(start)), "words")


def wrong(errors: Iterable[AnyRefused]) -> frozenset[str]:
    """The steps that have a cause."""
    return frozenset(step_of(error.code) for error in errors) - {""}


def offices(draft: Draft) -> tuple[str, ...]:
    """Who will be asked, in the scenario's order."""
    asked = scenarios.load(draft.alert.scenario).offices
    known = Office.objects.in_bulk(asked)
    return tuple(str(known.get(key, key)) for key in asked)


def _remedy(draft: Draft, error: AnyRefused) -> tuple[str, str]:
    """The address of the step that mends it, and its name; '' where these pages have none."""
    step = step_of(error.code)
    if not step:
        return "", ""
    fact = str(error.facts.get("name") or error.facts.get("fact") or "").split(" ")[0]
    place = f"#{slug(f'{fact}~~')}" if step == "facts" and fact else ""
    return f"{draft.address(step)}{place}", gettext("Go to: %(step)s") % {"step": STEPS[step]}


def _shelves(examples: Iterable[Example]) -> list[Shelf]:
    """By language, the most read first."""
    held: dict[str, list[Phone]] = defaultdict(list)
    for one in examples:
        region = words.region_name(one.region)
        held[one.language].append(Phone(one, group_name(one.group), region, one.people))
    found = [
        Shelf(
            tag,
            words.language_name(tag),
            tuple(sorted(phones, key=lambda phone: -phone.people)),
            sum(phone.people for phone in phones),
        )
        for tag, phones in held.items()
    ]
    return sorted(found, key=lambda shelf: -shelf.people)
