"""The lead's matrix: language by language and channel by channel, what would go out.

To how many people, in how many parts, at what cost, with what findings. Of the first step of every
ladder: what later steps send comes on top.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain

from contacts.reach import Scope
from dispatcher.alerts import prices, scenarios, survey
from dispatcher.alerts.models import Alert
from dispatcher.alerts.scenarios import CHANNELS
from dispatcher.alerts.sheet import Sheet
from dispatcher.alerts.survey import Case, Survey, Told
from dispatcher.channels.base import personal
from dispatcher.fanout.load import acknowledgement
from dispatcher.kit import sms
from dispatcher.kit.errors import Refused
from dispatcher.providers import routing
from dispatcher.wording import library
from dispatcher.wording.checks import Asked, Finding, Price, Severity
from dispatcher.wording.gate.length import usual
from dispatcher.wording.standing import Standing, standings
from dispatcher.wording.states import MISSING, State

SAMPLE_NAME = "Berry Müller-Lüdenscheidt"
"""For messages that name their reader: long, and of letters that GSM-7 has."""
SAMPLE_DELIVERY = 1 << 40
"""Its signed link is as long as a real one."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One group's text in one language and channel."""

    group: str
    channel: str
    language: str
    state: str
    """Of `wording.states`: missing, machine_draft, needs_editing, in_review, accepted, stale."""
    version_id: int | None = None
    leaves: bool = False
    """Whether this alert may send it as things stand; a real one needs somebody who vouches."""
    accepted_by: str = ""
    findings: tuple[Finding, ...] = ()
    """Of the gate, with what the scenario and the glossary ask for."""
    readers: int = 0
    """People who would get it."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """`choosing.Reason` -> people: why they would get this language."""
    parts: int = 0
    """Of the longest text message; 0 for other channels."""
    encoding: str = ""
    """gsm7 or ucs2; '' for other channels."""
    estimated: bool = False
    """Whether the parts were counted with usual values, because facts are missing."""
    sent: int = 0
    """Parts that all its readers together come to."""
    cost: Mapping[str, Decimal] = field(default_factory=dict)
    """Currency -> what those cost, where a price is known."""
    unpriced: Mapping[str, int] = field(default_factory=dict)
    """Country -> readers there, for whom the price is not known."""

    def count(self, severity: Severity) -> int:
        """How many findings of a severity there are."""
        return sum(one.severity is severity for one in self.findings)

    @property
    def refuses(self) -> int:
        """Findings that keep it from being sent."""
        return self.count(Severity.REFUSE)

    @property
    def warns(self) -> int:
        """Findings that a person should look at."""
        return self.count(Severity.WARN)

    @property
    def notes(self) -> int:
        """Findings that are worth knowing."""
        return self.count(Severity.NOTE)


@dataclass(frozen=True, slots=True)
class Matrix:
    """All cells of an alert, by group, language and channel."""

    number: str
    mode: str
    account: str
    """That would carry text messages, by whose prices the cost is told; '' when there is none."""
    groups: tuple[str, ...]
    channels: tuple[str, ...]
    languages: tuple[str, ...]
    """Of the texts, and those that readers would have wanted; the most read first."""
    cells: tuple[Cell, ...]
    cases: Mapping[Case, int]
    """People in whose language nothing goes out, and what becomes of them."""
    untold: Mapping[tuple[str, str], int]
    """(group, reason) -> people to whom nothing goes; told to who sees the whole alert."""

    def cell(self, group: str, channel: str, language: str) -> Cell | None:
        """The cell in this place; None where the group's ladder has no such channel."""
        place = (group, channel, language)
        return next((c for c in self.cells if (c.group, c.channel, c.language) == place), None)

    def wanting(self, language: str) -> int:
        """People whose first language this is and who get nothing in a language of theirs."""
        return sum(n for case, n in self.cases.items() if case.wanted == language)

    @property
    def cost(self) -> Mapping[str, Decimal]:
        """Currency -> what all text messages cost, where a price is known."""
        told: dict[str, Decimal] = {}
        for currency, amount in chain.from_iterable(cell.cost.items() for cell in self.cells):
            told[currency] = told.get(currency, Decimal(0)) + amount
        return told

    @property
    def unpriced(self) -> Mapping[str, int]:
        """Country -> readers of text messages there, for whom the price is not known."""
        told: Counter[str] = Counter()
        for cell in self.cells:
            told.update(cell.unpriced)
        return dict(told)


_Place = tuple[str, str, str]
"""Group, channel, language."""


def matrix(alert: Alert, *, scope: Scope, gather: survey.Gather = survey.crowd) -> Matrix:
    """What would go out if the alert were sent now, to those of its readers whom `scope` shows.

    Reads the audience once, by `gather`. Raises `alerts.no_audience`, and what `contacts.reach`
    raises.
    """
    if not survey.has_audience(alert):
        raise Refused("alerts.no_audience")
    found = survey.survey(alert, gather(alert))
    whole = scope.regions is None or scope.covers(alert.scope)
    rows: dict[_Place, list[Told]] = defaultdict(list)
    for row in found.told:
        if whole or _inside(row.region, scope):
            rows[row.group, row.channel, row.language].append(row)
    cases = {case: n for case, n in found.cases.items() if whole or _inside(case.region, scope)}
    account = _account(alert)
    priced = prices.of(account) if account else {}
    cells = _cells(alert, found, rows, priced)
    return Matrix(
        number=alert.number,
        mode=alert.mode,
        account=account,
        groups=tuple(group.name for group in found.groups),
        channels=tuple(name for name in CHANNELS if any(cell.channel == name for cell in cells)),
        languages=_languages(cells, cases),
        cells=cells,
        cases=cases,
        untold=found.untold if whole else {},
    )


def _inside(region: str, scope: Scope) -> bool:
    return bool(region) and scope.covers([region])


def _account(alert: Alert) -> str:
    try:
        return routing.account_for("sms", mode="drill" if alert.mode == Alert.DRILL else "real")
    except Refused:
        return ""


def _cells(
    alert: Alert, found: Survey, rows: Mapping[_Place, list[Told]], priced: Mapping[str, Price]
) -> tuple[Cell, ...]:
    held = {
        (group.name, channel, language): version_id
        for group in found.groups
        for channel, shelf in group.wordings.items()
        for language, version_id in shelf.items()
    }
    standing = _standing(alert, found)
    versions = {place: one.version_id for place, one in standing.items() if one.version_id} | held
    findings = _findings(versions, rows, priced)
    sheet = Sheet.of(alert, {row.version_id for told in rows.values() for row in told})
    cells = (
        Cell(
            *place,
            state=State.ACCEPTED.value if place in held else _state(standing.get(place)),
            version_id=versions.get(place),
            leaves=place in held,
            accepted_by=standing[place].accepted_by if place in standing else "",
            findings=findings.get(place, ()),
        )
        for place in sorted(standing.keys() | held.keys() | rows.keys())
    )
    return tuple(
        _told(cell, rows.get((cell.group, cell.channel, cell.language), ()), sheet, priced)
        for cell in cells
    )


def _standing(alert: Alert, found: Survey) -> dict[_Place, Standing]:
    """How every text of the alert stands in every language that somebody wrote or wants."""
    keys = survey.words(alert)
    wanted = {case.wanted for case in found.cases} - {""}
    every = standings(set(keys.values()), locales={*library.languages(keys.values()), *wanted})
    by_text: dict[tuple[str, str], list[Standing]] = defaultdict(list)
    for one in every:
        by_text[one.key, one.channel].append(one)
    return {
        (group.name, channel, one.locale): one
        for group in scenarios.load(alert.scenario).groups
        for channel in group.channels
        for one in by_text[keys[group.name, channel], channel]
    }


def _state(standing: Standing | None) -> str:
    return standing.state if standing else MISSING


def _findings(
    versions: Mapping[_Place, int], rows: Mapping[_Place, list[Told]], priced: Mapping[str, Price]
) -> dict[_Place, tuple[Finding, ...]]:
    """What the gate says of each text and of its variants that somebody would get."""
    mine = {
        place: sorted({versions[place], *(row.version_id for row in rows.get(place, ()))})
        for place in versions
    }
    asked = {
        version_id: Asked(countries=tuple(sorted(_countries(rows.get(place, ())))), prices=priced)
        for place, ids in mine.items()
        for version_id in ids
    }
    examined = library.examine(sorted(asked), more=asked)
    return {
        place: tuple(chain.from_iterable(examined[version_id] for version_id in ids))
        for place, ids in mine.items()
    }


def _countries(rows: Sequence[Told]) -> Counter[str]:
    """Readers by country; of nobody without one the price can be known."""
    people: Counter[str] = Counter()
    for row in rows:
        people[row.region.partition("-")[0]] += row.people
    del people[""]
    return people


def _told(cell: Cell, rows: Sequence[Told], sheet: Sheet, priced: Mapping[str, Price]) -> Cell:
    """The cell with its readers and, for text messages, with their parts and what these cost."""
    reasons: Counter[str] = Counter()
    for row in rows:
        reasons[row.match] += row.people
    cell = replace(cell, readers=reasons.total(), reasons=dict(reasons))
    return _costed(cell, rows, sheet, priced) if cell.channel == "sms" else cell


def _costed(cell: Cell, rows: Sequence[Told], sheet: Sheet, priced: Mapping[str, Price]) -> Cell:
    counted: dict[object, tuple[sms.Parts, bool]] = {}
    cost: dict[str, Decimal] = {}
    unpriced: Counter[str] = Counter()
    sent = 0
    for row in rows:
        alike = sheet.alike(row)
        if alike not in counted:
            counted[alike] = _parts(sheet, row)
        parts, country = counted[alike][0].parts, row.region.partition("-")[0]
        sent += parts * row.people
        if price := priced.get(country):
            cost[price.currency] = (
                cost.get(price.currency, Decimal(0)) + price.amount * parts * row.people
            )
        else:
            unpriced[country] += row.people
    longest = max((one for one, _ in counted.values()), key=lambda one: one.parts, default=None)
    return replace(
        cell,
        parts=longest.parts if longest else 0,
        encoding=longest.encoding.value if longest else "",
        estimated=any(estimated for _, estimated in counted.values()),
        sent=sent,
        cost=cost,
        unpriced=dict(unpriced),
    )


def _parts(sheet: Sheet, row: Told) -> tuple[sms.Parts, bool]:
    """The parts of a row's message, and whether usual values stand in for facts."""
    slots = personal({"recipient": SAMPLE_NAME, "acknowledge": acknowledgement(SAMPLE_DELIVERY)})
    try:
        return sms.parts(sheet.render(row).parts["text"].fill(slots)), False
    except Refused:
        text = sheet.texts[row.version_id]
        return sms.parts(usual("text", text.fields["text"], text.locale)), True


def _languages(cells: Sequence[Cell], cases: Mapping[Case, int]) -> tuple[str, ...]:
    """The most read first, then the most wanted, then by their tags."""
    read: Counter[str] = Counter({cell.language: 0 for cell in cells})
    for cell in cells:
        read[cell.language] += cell.readers
    wanted: Counter[str] = Counter()
    for case, people in cases.items():
        wanted[case.wanted] += people
    every = {*read, *wanted} - {""}
    return tuple(sorted(every, key=lambda tag: (-read[tag], -wanted[tag], tag)))
