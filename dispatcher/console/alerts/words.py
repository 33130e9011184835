"""Step three: languages and channels as a table, and each text as its readers would see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext, ngettext

from contacts import territories
from contacts.reach import Scope
from dispatcher.alerts import desk, scenarios, survey
from dispatcher.alerts.matrix import SAMPLE_DELIVERY, SAMPLE_NAME, Cell, Matrix
from dispatcher.alerts.models import Alert
from dispatcher.alerts.sheet import Sheet
from dispatcher.alerts.survey import Told
from dispatcher.channels.base import personal
from dispatcher.console.alerts.alike import Note
from dispatcher.console.alerts.draft import Draft
from dispatcher.console.saying import said
from dispatcher.console.templatetags.told import number
from dispatcher.console.words.names import SIGNS, STATES, UNVOUCHED, group_name
from dispatcher.fanout.load import acknowledgement
from dispatcher.kit import sms
from dispatcher.kit.errors import Refused
from dispatcher.operators import access
from dispatcher.reports import words
from dispatcher.wording import library, tags
from dispatcher.wording.checks import Finding, Severity
from dispatcher.wording.standing import Standing, standings

LEVELS = {Severity.REFUSE: "refuse", Severity.WARN: "warn", Severity.NOTE: "note"}


@dataclass(frozen=True, slots=True)
class Place:
    """One text of the table."""

    href: str
    channel: str
    state: str
    icon: str
    colour: str
    readers: int
    refuses: int
    warns: int
    parts: str
    cost: str
    leaves: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One language of a group."""

    language: str
    name: str
    readers: int
    places: tuple[Place | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One group's texts."""

    group: str
    name: str
    channels: tuple[str, ...]
    rows: tuple[Row, ...]
    readers: int


@dataclass(frozen=True, slots=True)
class Board:
    """All that the page says of the words."""

    tables: tuple[Table, ...]
    """With those first who would get something."""
    wanting: tuple[tuple[str, int], ...]
    """(language, people) in whose language nothing is written."""
    parts: int
    cost: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a handset shows it."""

    channel: str
    language: str
    direction: str
    fields: Mapping[str, str]
    parts: sms.Parts | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """One text, opened."""

    group: str
    channel: str
    language: str
    state: str
    icon: str
    colour: str
    accepted_by: str
    message: Message | None
    unfilled: Mapping[str, str]
    """The text with its gaps, where facts are missing."""
    why_unfilled: str
    source: Mapping[str, str]
    source_language: str
    source_direction: str
    findings: tuple[Note, ...]
    edit: str
    direction: str


def board(draft: Draft, found: Matrix) -> Board:
    """The matrix as tables, the groups that would get something first."""
    tables = [_table(draft, found, group) for group in found.groups]
    wanting = {language: found.wanting(language) for language in found.languages}
    return Board(
        tables=tuple(sorted(tables, key=lambda one: not one.readers)),
        wanting=tuple(
            (words.language_name(tag), n)
            for tag, n in sorted(wanting.items(), key=lambda one: -one[1])
            if n
        ),
        parts=sum(cell.sent for cell in found.cells),
        cost=money(found.cost, found.unpriced),
    )


def _table(draft: Draft, found: Matrix, group: str) -> Table:
    cells = {(c.channel, c.language): c for c in found.cells if c.group == group}
    channels = tuple(name for name in found.channels if any(key[0] == name for key in cells))
    rows = tuple(
        Row(
            language,
            words.language_name(language),
            sum(cell.readers for key, cell in cells.items() if key[1] == language),
            tuple(
                _place(draft, cells[name, language]) if (name, language) in cells else None
                for name in channels
            ),
        )
        for language in found.languages
        if any(key[1] == language for key in cells)
    )
    return Table(group, group_name(group), channels, rows, sum(row.readers for row in rows))


def _place(draft: Draft, cell: Cell) -> Place:
    state = _state(cell.state, vouched=bool(cell.accepted_by), leaves=cell.leaves)
    icon, colour = SIGNS[state]
    return Place(
        href=reverse(
            "console:alerts-cell", args=[draft.alert.pk, cell.group, cell.channel, cell.language]
        ),
        channel=cell.channel,
        state=str(STATES[state]),
        icon=icon,
        colour=colour,
        readers=cell.readers,
        refuses=cell.refuses,
        warns=cell.warns,
        parts=_parts(cell),
        cost=money(cell.cost, cell.unpriced) if cell.sent else "",
        leaves=cell.leaves,
    )


def _state(state: str, *, vouched: bool, leaves: bool) -> str:
    """Accepted by nobody of this house: shipped, which a real alert may not send."""
    return UNVOUCHED if state == "accepted" and not vouched and not leaves else state


def _parts(cell: Cell) -> str:
    if not cell.parts:
        return ""
    told = ngettext("%(n)s part", "%(n)s parts", cell.parts) % {"n": number(cell.parts)}
    return f"≈ {told}" if cell.estimated else told


def money(cost: Mapping[str, Decimal], unpriced: Mapping[str, int]) -> str:
    """What it costs, as far as prices were entered."""
    locale = tags.locale(tags.canonical(get_language() or "en"))
    told = [format_currency(amount, currency, locale=locale) for currency, amount in cost.items()]
    if unpriced:
        told.append(gettext("price not known"))
    return " + ".join(told)


def opened(draft: Draft, *, group: str, channel: str, language: str, region: str) -> Opened | None:
    """One text; None when the scenario has no such place."""
    plan = scenarios.load(draft.alert.scenario)
    if not any(one.name == group and channel in one.channels for one in plan.groups):
        return None
    key = survey.words(draft.alert)[group, channel]
    found = [
        one
        for one in standings([key], locales=[language])
        if one.channel == channel and one.locale == language
    ]
    if not found:
        return None
    return _opened(draft, found[0], group=group, region=region)


def _opened(draft: Draft, standing: Standing, *, group: str, region: str) -> Opened:
    version = (
        library.fields([standing.version_id])[standing.version_id] if standing.version_id else None
    )
    message, why = None, ""
    if version:
        message, why = _message(draft, version, group=group, region=region)
    source, spoken = _source(standing, version)
    drill = draft.alert.mode == Alert.DRILL  # whose texts need nobody's word
    state = _state(standing.state, vouched=standing.vouched, leaves=drill)
    icon, colour = SIGNS[state]
    findings = library.examine([version.id])[version.id] if version else ()
    return Opened(
        group=group_name(group),
        channel=standing.channel,
        language=standing.locale,
        state=str(STATES[state]),
        icon=icon,
        colour=colour,
        accepted_by=standing.accepted_by if standing.vouched else "",
        message=message,
        unfilled=version.fields if version and not message else {},
        why_unfilled=why,
        source=source,
        source_language=spoken,
        source_direction=tags.locale(spoken).text_direction,
        findings=notes(findings),
        edit=_edit(standing),
        direction=tags.locale(standing.locale).text_direction,
    )


def _source(standing: Standing, version: library.Version | None) -> tuple[Mapping[str, str], str]:
    """The text that all others translate, and its language."""
    if version:
        return version.source, version.source_locale
    known = library.show(standing.key)
    mine = next((one for one in known if one.channel == standing.channel), None)
    return (mine.source, mine.source_locale) if mine else ({}, "en")


def _message(
    draft: Draft, version: library.Version, *, group: str, region: str
) -> tuple[Message | None, str]:
    """The text filled in for a reader of a region; or why it cannot be."""
    sheet = Sheet.of(draft.alert, {version.id})
    told = Told(group, version.channel, version.locale, "exact", version.id, region, 1, 0)
    try:
        shown = sheet.render(told, zone=territories.main_zone(region[:2]) or draft.user.time_zone)
    except Refused as error:
        return None, said(error)
    slots = personal({"recipient": SAMPLE_NAME, "acknowledge": acknowledgement(SAMPLE_DELIVERY)})
    fields = {name: text.fill(slots) for name, text in shown.parts.items()}
    parts = sms.parts(fields["text"]) if version.channel == "sms" else None
    return Message(version.channel, version.locale, shown.direction, fields, parts), ""


def _edit(standing: Standing) -> str:
    """The translators' page of a text; '' where this console has none."""
    try:
        return reverse("console:words-text", args=[standing.key, standing.channel, standing.locale])
    except NoReverseMatch:
        return ""


def notes(findings: Sequence[Finding]) -> tuple[Note, ...]:
    """Findings with their sentences."""
    return tuple(
        Note(LEVELS[one.severity], said(Refused(one.code, **one.facts))) for one in findings
    )


def regions(draft: Draft) -> list[tuple[str, str]]:
    """Regions for whose readers a text may be looked at: those with facts of their own first."""
    mine = desk.regions_seen(draft.user, draft.alert)
    set_for = {fact.region for fact in draft.alert.facts.all() if fact.region}
    own = {code for code in set_for if access.covers(mine, (code,))}
    inside = Scope(regions=mine).codes() or sorted(territories.countries())
    countries = [code for code in inside if "-" not in code]
    return [(code, words.region_name(code)) for code in dict.fromkeys([*sorted(own), *countries])]
