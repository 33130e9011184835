"""Shipped catalogues become versions in the database; loading the same again changes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from dispatcher.kit.errors import Refused
from dispatcher.wording import catalogs, checks, last_load
from dispatcher.wording.catalogs import SOURCE, Catalogue, Shipped, digest
from dispatcher.wording.models import Source, Template, Wording, WordingVersion
from dispatcher.wording.states import Origin, State, move

Place = tuple[str, str, str]
"""Key, channel, locale."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, and what it could not take."""

    locales: tuple[str, ...]
    created: int
    """Versions that were new."""
    moved: int
    """Versions whose state changed."""
    accepted: int
    """Shipped texts that may be sent now."""
    drafts: tuple[Place, ...]
    """Fuzzy, or refused by a check: they need editing."""
    stale: tuple[Place, ...]
    """Translated from another source than today's."""
    missing: tuple[Place, ...]
    """Not translated, or not in every field."""
    problems: tuple[Refused, ...]
    """Entries that belong to no text of the source; they were left out."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A shipped text and where it stands."""

    shipped: Shipped
    state: State
    source_hash: str
    text_hash: str

    @property
    def place(self) -> Place:
        return self.shipped.key, self.shipped.channel, self.shipped.locale


def load(*, root: Path | None = None) -> Loaded:
    """Read every catalogue under `root` (the shipped ones) and bring the database in step.

    All or nothing: raises Refused `wording.catalogue_*`, or `wording.context_unknown`, with nothing
    changed. A changed source makes every version written against the old one stale, whoever wrote
    it. Operators' versions are else left alone. Where neither catalogues nor rules nor rows have
    changed since the last load, nothing is checked again: the answer is the last one's.
    """
    where = root or catalogs.folder()
    mark = last_load.mark(where)
    with transaction.atomic():
        _alone()
        if known := last_load.told(mark):
            return _again(known)
        done = _load(where)
        if not done.problems:
            last_load.remember(mark, asdict(done))
        return done


def _again(known: Mapping[str, Any]) -> Loaded:
    """What the last load told; this one has made and moved nothing."""
    places = {
        name: tuple((key, channel, locale) for key, channel, locale in known[name])
        for name in ("drafts", "stale", "missing")
    }
    return Loaded(
        locales=tuple(known["locales"]),
        created=0,
        moved=0,
        accepted=known["accepted"],
        problems=(),
        **places,
    )


def _load(root: Path) -> Loaded:
    catalogues = catalogs.read_all(root)
    sources = _sources(catalogues[SOURCE])
    templates = _templates(sources)
    verdicts = [
        _verdict(shipped, templates[shipped.key, shipped.channel])
        for catalogue in catalogues.values()
        for shipped in catalogs.whole(catalogue)
        if (shipped.key, shipped.channel) in sources
    ]
    withdrawn = _withdraw(templates)
    created, moved = _versions(verdicts, _wordings(verdicts, templates))
    return Loaded(
        locales=tuple(catalogues),
        created=created,
        moved=withdrawn + moved,
        accepted=len(list(_in_state(verdicts, State.ACCEPTED))),
        drafts=tuple(_in_state(verdicts, State.NEEDS_EDITING)),
        stale=tuple(_in_state(verdicts, State.STALE)),
        missing=tuple(_missing(catalogues, sources, verdicts)),
        problems=tuple(_problems(catalogues)),
    )


def _alone() -> None:
    """Two loads at once, from two processes that start together, take turns."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('wording.load'))")


def _sources(catalogue: Catalogue) -> dict[tuple[str, str], Mapping[str, str]]:
    """(key, channel) -> the source's fields, which are the msgids of its own catalogue."""
    return {(text.key, text.channel): text.source for text in catalogs.whole(catalogue)}


def _verdict(shipped: Shipped, template: Template) -> _Verdict:
    source_hash = digest(shipped.source)
    text_hash = digest(shipped.fields)
    if source_hash != template.source_hash:
        state = State.STALE
    else:
        sound = _sound(shipped, template.source)
        state = State.ACCEPTED if sound else State.NEEDS_EDITING
    return _Verdict(shipped, state, source_hash, text_hash)


def _sound(shipped: Shipped, source: Mapping[str, str]) -> bool:
    """Not fuzzy, the source its own text, and nothing that the gate refuses."""
    if shipped.fuzzy or (shipped.locale == SOURCE and shipped.fields != shipped.source):
        return False
    return not checks.refused(
        checks.examine(shipped.fields, locale=shipped.locale, source=source, source_locale=SOURCE)
    )


def _in_state(verdicts: list[_Verdict], state: State) -> Iterator[Place]:
    for verdict in verdicts:
        if verdict.state is state:
            yield verdict.place


def _missing(
    catalogues: Mapping[str, Catalogue],
    sources: Mapping[tuple[str, str], Mapping[str, str]],
    verdicts: list[_Verdict],
) -> Iterator[Place]:
    had = {verdict.place for verdict in verdicts}
    for locale in catalogues:
        for key, channel in sources:
            if (key, channel, locale) not in had:
                yield key, channel, locale


def _problems(catalogues: Mapping[str, Catalogue]) -> Iterator[Refused]:
    known = catalogues[SOURCE].entries.keys()
    for locale, catalogue in catalogues.items():
        for context in sorted(catalogue.entries.keys() - known):
            yield Refused("wording.context_not_in_source", locale=locale, context=context)


def _templates(
    sources: Mapping[tuple[str, str], Mapping[str, str]],
) -> dict[tuple[str, str], Template]:
    """Every source as a template, made or brought up to date."""
    known = {(row.key, row.channel): row for row in Template.objects.all()}
    for (key, channel), source in sources.items():
        fresh = digest(source)
        row = known.get((key, channel))
        if row is None:
            known[key, channel] = Template.objects.create(
                key=key, channel=channel, source=dict(source), source_hash=fresh
            )
        elif row.source_hash != fresh and row.origin == Origin.SHIPPED:
            Template.objects.filter(pk=row.pk).update(
                source=dict(source), source_hash=fresh, changed_at=Now()
            )
            row.source, row.source_hash = dict(source), fresh
    found = {place: known[place] for place in sources}
    remember(found.values())
    return found


def remember(templates: Iterable[Template]) -> None:
    """Keep each template's present source among those that it once had."""
    Source.objects.bulk_create(
        [
            Source(
                template=row, hash=row.source_hash, language=row.source_language, fields=row.source
            )
            for row in templates
        ],
        ignore_conflicts=True,
    )


def _withdraw(templates: Mapping[tuple[str, str], Template]) -> int:
    """Versions written against another source than today's become stale."""
    return (
        WordingVersion.objects.filter(wording__template__in=templates.values())
        .exclude(source_hash=F("wording__template__source_hash"))
        .exclude(state=State.STALE.value)
        .update(state=State.STALE.value)
    )


def _wordings(
    verdicts: list[_Verdict], templates: Mapping[tuple[str, str], Template]
) -> dict[Place, Wording]:
    """A wording for each text, made where it is new."""
    Wording.objects.bulk_create(
        [
            Wording(
                template=templates[verdict.shipped.key, verdict.shipped.channel],
                locale=verdict.shipped.locale,
            )
            for verdict in verdicts
        ],
        ignore_conflicts=True,
    )
    rows = Wording.objects.filter(template__in=templates.values()).select_related("template")
    return {(row.template.key, row.template.channel, row.locale): row for row in rows}


def _versions(verdicts: list[_Verdict], wordings: Mapping[Place, Wording]) -> tuple[int, int]:
    """Versions created and moved: each shipped text stands where its verdict says."""
    rows = WordingVersion.objects.filter(
        origin=Origin.SHIPPED.value, wording__in=[row.pk for row in wordings.values()]
    )
    known = {(row.wording_id, row.source_hash, row.text_hash): row for row in rows}
    placed = {
        (wordings[verdict.place].pk, verdict.source_hash, verdict.text_hash): verdict
        for verdict in verdicts
    }
    # What is gone from the catalogues goes first: one wording has one accepted text.
    moved = sum(_to(row, State.STALE) for at, row in known.items() if at not in placed)
    moved += sum(
        _to(known[at], verdict.state, checked=verdict.shipped.checked)
        for at, verdict in placed.items()
        if at in known
    )
    fresh = [_row(verdict, at[0]) for at, verdict in placed.items() if at not in known]
    return len(WordingVersion.objects.bulk_create(fresh)), moved


def _row(verdict: _Verdict, wording_id: int) -> WordingVersion:
    return WordingVersion(
        wording_id=wording_id,
        fields=dict(verdict.shipped.fields),
        text_hash=verdict.text_hash,
        source_hash=verdict.source_hash,
        origin=Origin.SHIPPED.value,
        state=verdict.state.value,
        accepted_by=verdict.shipped.checked if verdict.state is State.ACCEPTED else "",
    )


def _to(row: WordingVersion, state: State, *, checked: str = "") -> int:
    """Compare and set; the number of rows that moved."""
    before = State(row.state)
    if before is state:
        return 0
    if before is State.NEEDS_EDITING and row.remark:
        return 0  # a person returned it: loading it once more is no answer
    if row.voucher_id and state is State.ACCEPTED:
        checked = row.accepted_by  # a person vouched for this very text against this very source
    return WordingVersion.objects.filter(pk=row.pk, state=before.value).update(
        state=move(before, state).value,
        accepted_by=checked if state is State.ACCEPTED else "",
    )
