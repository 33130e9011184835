"""Step one: the facts that the words will name, each with its source and who verified it."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter, itemgetter
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext

from contacts import errors as contacts_errors
from contacts import languages, territories
from contacts.regions import Scope
from dispatcher.alerts import compose, desk, marks, scenarios
from dispatcher.alerts.models import Fact
from dispatcher.alerts.scenarios import FactWanted
from dispatcher.console.alerts import entry
from dispatcher.console.alerts.draft import Draft
from dispatcher.console.alerts.entry import Control, Typed
from dispatcher.console.saying import said
from dispatcher.kit.errors import Refused
from dispatcher.operators import access
from dispatcher.operators.access import NotAllowed
from dispatcher.reports import words
from dispatcher.wording.catalogs import SHIPPED

NEW = "+"
"""Where the key of a row that is not there yet has its region."""


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a fact, for everybody or for readers of a region or language."""

    key: str
    slug: str
    """For ids in the page."""
    typed: Typed
    source: str = ""
    region: str = ""
    language: str = ""
    for_whom: str = ""
    mark: str = ""
    kept: str = ""
    """The value as readers see it; '' where nothing is kept."""
    set_by: str = ""
    verified_by: str = ""
    verified_at: datetime | None = None
    inherited: bool = False
    """Taken over as it stood in the alert that this one follows."""
    wrong: str = ""
    other: str = ""
    """What somebody else has written meanwhile."""

    @property
    def held(self) -> str:
        """What stood there when the page was made: the fact's mark, and a print of the controls.

        Without a print for what is to be sent again; '' for a row that nobody has filled in.
        """
        if self.wrong:
            return f"{self.mark}."
        return "" if self.is_new else f"{self.mark}.{_print(self.typed, self.source)}"

    @property
    def seen(self) -> str:
        """What readers see, where the control does not show just that."""
        return "" if self.kept == self.typed.text else self.kept

    @property
    def is_new(self) -> bool:
        """Nobody has filled it in yet."""
        return NEW in self.key


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fact that the scenario asks for, with its values."""

    name: str
    title: str
    kind: str
    required: bool
    scoped: bool
    control: Control
    example: str
    rows: tuple[Row, ...]
    blank: Row | None
    """For one more region or language."""

    @property
    def state(self) -> str:
        """missing, unverified, verified, or optional where nothing is needed."""
        kept = [row for row in self.rows if row.kept]
        if not kept:
            return "missing" if self.required else "optional"
        return "verified" if all(row.verified_by for row in kept) else "unverified"

    @property
    def parted(self) -> bool:
        """Whether it has values for some readers only."""
        return len(self.rows) > 1

    @property
    def slug(self) -> str:
        """For the ids of what is said once for all of its values."""
        return f"f-{self.name}"

    @property
    def hinted(self) -> bool:
        """Whether it is said how to write it; a browser's own picker says so itself."""
        return self.kind in {"list", "datetime"} or (self.control.ltr and self.kind != "duration")

    @property
    def open(self) -> bool:
        """Whether the row for one more reader has something in it."""
        return self.blank is not None and bool(self.blank.wrong)


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of sending the page: rows that did not go through, and how many did."""

    rows: Mapping[str, Row] = field(default_factory=dict)
    written: int = 0
    dropped: int = 0
    verified: int = 0


def sheet(draft: Draft, *, zone: ZoneInfo, held: Mapping[str, Row] | None = None) -> list[Wanted]:
    """All facts of the alert's part in the scenario's order; `held` are rows to show as typed.

    Not those for regions that the person does not read; of a closed alert only those it has.
    """
    held = held or {}
    plan = scenarios.load(draft.alert.scenario)
    mine = desk.regions_seen(draft.user, draft.alert)
    facts = [
        fact
        for fact in draft.alert.facts.select_related("set_by", "verified_by")
        if not fact.region or access.covers(mine, (fact.region,))
    ]
    return [
        _wanted(draft, wanted, [fact for fact in facts if fact.name == wanted.name], zone, held)
        for wanted in plan.facts
        if (draft.open and draft.alert.part in wanted.parts)
        or any(fact.name == wanted.name for fact in facts)
    ]


def take_down(draft: Draft, sent: Mapping[str, str], *, zone: ZoneInfo) -> Saved:
    """Write every row that the person touched, each by itself; then verify the one that was asked.

    What cannot be written comes back as a row with its reason; the others are saved all the same.
    """
    wrong: dict[str, Row] = {}
    written = dropped = verified = 0
    for key in [name.removeprefix("mark:") for name in sent if name.startswith("mark:")]:
        asked = sent.get("verify") == key
        before = _row(draft, key, zone)
        row = _posted(before, sent)
        mark, part, was = sent[f"mark:{key}"].partition(".")
        touched = _print(row.typed, row.source) != (was if mark or part else _BLANK)
        if touched and _for_nobody(row):
            wrong[key] = replace(row, wrong=gettext("Choose a region, a language, or both."))
            continue
        try:
            if touched and draft.writable:
                mark, done = _write(draft, row, zone)
                written, dropped = written + (done == "written"), dropped + (done == "dropped")
            else:
                mark = row.mark
            if asked:
                _verify(draft, row, mark)
                verified += 1
        except NotAllowed:
            raise
        except (Refused, contacts_errors.Refused) as error:
            if error.code == "alerts.changed_by_other" and _stands(draft, row, zone, asked=asked):
                continue
            wrong[key] = _refused(draft, before, row, error, zone)
    return Saved(wrong, written, dropped, verified)


def _wanted(
    draft: Draft, wanted: FactWanted, facts: list[Fact], zone: ZoneInfo, held: Mapping[str, Row]
) -> Wanted:
    everybody = f"{wanted.name}~~"
    rows = [_of_fact(draft, fact, zone) for fact in facts]
    if not any(row.key == everybody for row in rows):
        rows.insert(0, _empty(wanted.name, everybody))
    blank = _empty(wanted.name, f"{wanted.name}~{NEW}~")
    control = entry.CONTROLS[wanted.type]
    return Wanted(
        name=wanted.name,
        title=gettext(wanted.about) if wanted.about else wanted.name,
        kind=wanted.type,
        required=wanted.required,
        scoped=wanted.scoped,
        control=control,
        example=entry.EXAMPLES[wanted.type],
        rows=tuple(
            held.get(row.key, row) for row in sorted(rows, key=attrgetter("region", "language"))
        ),
        blank=held.get(blank.key, blank) if wanted.scoped and draft.writable else None,
    )


def _of_fact(draft: Draft, fact: Fact, zone: ZoneInfo) -> Row:
    locale = fact.language or get_language() or "en"
    return Row(
        key=f"{fact.name}~{fact.region}~{fact.language}",
        slug=slug(f"{fact.name}~{fact.region}~{fact.language}"),
        typed=entry.shown(fact.type, fact.value, zone=zone),
        source=fact.source,
        region=fact.region,
        language=fact.language,
        for_whom=for_whom(fact.region, fact.language),
        mark=marks.of_fact(fact),
        kept=entry.told(fact.type, fact.value, locale=locale, zone=zone) or fact.value,
        set_by=fact.set_by.get_full_name(),
        verified_by=fact.verified_by.get_full_name() if fact.verified_by else "",
        verified_at=fact.verified_at,
        inherited=bool(draft.alert.follows_id) and fact.set_at < draft.alert.made_at,
    )


def for_whom(region: str, language: str) -> str:
    """Readers of a value: "Germany · Persian"; '' for everybody."""
    parts = [words.region_name(region)] if region else []
    return " · ".join([*parts, words.language_name(language)] if language else parts)


def _empty(_name: str, key: str) -> Row:
    return Row(key, slug(key), Typed())


def _row(draft: Draft, key: str, zone: ZoneInfo) -> Row:
    """The row of a key as it stands in the database now."""
    name, region, language = (*key.split("~"), "", "")[:3]
    if region == NEW:
        return _empty(name, key)
    facts = draft.alert.facts.select_related("set_by", "verified_by")
    fact = facts.filter(name=name, region=region, language=language).first()
    return _of_fact(draft, fact, zone) if fact else replace(_empty(name, key), region=region)


def _posted(before: Row, sent: Mapping[str, str]) -> Row:
    key = before.key
    text = sent.get(f"value:{key}", "").replace("\r\n", "\n")
    return replace(
        before,
        typed=Typed(text, sent.get(f"unit:{key}", "")),
        source=sent.get(f"source:{key}", "").strip(),
        mark=sent.get(f"mark:{key}", "").partition(".")[0],
        region=sent.get(f"region:{key}", "") if before.is_new else before.region,
        language=sent.get(f"language:{key}", "") if before.is_new else before.language,
    )


def _write(draft: Draft, row: Row, zone: ZoneInfo) -> tuple[str, str]:
    """The new mark, and what was done."""
    name = row.key.split("~")[0]
    region, language = row.region, row.language
    if row.is_new:
        if not row.typed.text.strip():
            return "", ""
        region, language = _readers(row)
    kind = scenarios.load(draft.alert.scenario).fact(name).type
    value = entry.read(kind, row.typed, zone=zone)
    place = {"name": name, "region": region, "language": language, "seen": row.mark}
    if value:
        fact = compose.set_fact(draft.alert, by=draft.user, value=value, source=row.source, **place)
        return marks.of_fact(fact), "written"
    if not row.mark:
        return "", ""
    compose.drop_fact(draft.alert, by=draft.user, **place)
    return "", "dropped"


def _stands(draft: Draft, row: Row, zone: ZoneInfo, *, asked: bool) -> bool:
    """Whether just this is kept already: a second press, or an answer that was lost on its way.

    `asked`: verified by this very person, too.
    """
    now = _row(draft, row.key, zone)
    if asked and now.verified_by != draft.user.get_full_name():
        return False
    return _print(now.typed, now.source) == _print(row.typed, row.source)


def _for_nobody(row: Row) -> bool:
    """A value for some readers that does not say for which."""
    return row.is_new and bool(row.typed.text.strip()) and not (row.region + row.language).strip()


def _readers(row: Row) -> tuple[str, str]:
    """Codes of what was typed, in any of the console's languages."""
    region = row.region.strip()
    language = row.language.strip()
    if region:
        region = territories.named(region) or territories.canonical(region)
    return region, languages.tag(language) if language else ""


def _verify(draft: Draft, row: Row, mark: str) -> None:
    name, region, language = (*row.key.split("~"), "", "")[:3]
    compose.verify_fact(
        draft.alert,
        by=draft.user,
        name=name,
        region=region,
        language=language,
        source=row.source,
        seen=mark,
    )


def _refused(
    draft: Draft,
    before: Row,
    row: Row,
    error: Refused | contacts_errors.Refused,
    zone: ZoneInfo,
) -> Row:
    """The row as it was typed, and why it was not taken; the next save knows what stands there."""
    text = said(error)
    if error.code != "alerts.changed_by_other":
        return replace(row, wrong=text)
    now = _row(draft, before.key, zone)
    return replace(row, wrong=text, mark=now.mark, other=now.kept)


def places(draft: Draft) -> list[tuple[str, str]]:
    """(code, name) of regions that a value may be for: those of the alert and what lies in them."""
    inside = Scope(regions=tuple(draft.alert.scope)).codes()
    codes = sorted(territories.countries()) if inside is None else inside
    wanted = [code for code in codes if "-" not in code]
    return sorted(((code, words.region_name(code)) for code in wanted), key=itemgetter(1))


def tongues() -> list[tuple[str, str]]:
    """(tag, name) of languages that a value may be for."""
    return [(tag, words.language_name(tag)) for tag in SHIPPED]


def touched_last(saved: Saved, facts: list[Wanted]) -> Iterator[tuple[str, str, str]]:
    """(slug, title, what is wrong) of what did not go through, in the page's order."""
    for wanted in facts:
        for row in (*wanted.rows, *([wanted.blank] if wanted.blank else [])):
            if row.key in saved.rows:
                yield row.slug, wanted.title, row.wrong


def slug(key: str) -> str:
    """An id for the page: letters, digits and hyphens."""
    return "f-" + "".join(letter if letter.isalnum() else "-" for letter in key.replace(NEW, "new"))


def _print(typed: Typed, source: str) -> str:
    held = (typed.text.strip(), typed.unit if typed.text.strip() else "", source)
    return hashlib.sha256(repr(held).encode()).hexdigest()[:16]


_BLANK = _print(Typed(), "")
"""Of a row that nobody has filled in."""
