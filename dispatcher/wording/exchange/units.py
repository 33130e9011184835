"""What is exchanged: a field of a text, beside its source. Import is all or nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.db import transaction

from dispatcher.kit.errors import Refused
from dispatcher.operators import journal
from dispatcher.operators.models import User
from dispatcher.wording import bench, owning, tags
from dispatcher.wording.catalogs import split
from dispatcher.wording.models import Template, WordingVersion
from dispatcher.wording.placeholders import parse
from dispatcher.wording.rendering import FIELDS
from dispatcher.wording.standing import standings
from dispatcher.wording.states import MISSING, State


@dataclass(frozen=True, slots=True)
class Unit:
    """One field in one language; an empty target is not translated yet."""

    context: str
    """scenario.part.group.channel[.field], as catalogues have it."""
    source: str
    target: str = ""
    state: str = MISSING
    """dispatcher.wording.states; what comes back says at most in_review or needs_editing."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Units of one pair of languages (BCP 47)."""

    source_language: str
    locale: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One unit that keeps a bundle from being taken: a code, and facts for its sentence."""

    context: str
    error: Refused


class NotTaken(Refused):
    """A bundle of which nothing was taken; `problems` say why, unit by unit."""

    def __init__(self, locale: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("wording.bundle_not_taken", locale=locale, count=len(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did."""

    new: int
    """Texts with a new version, which waits for review or needs editing."""
    unchanged: int
    untranslated: int
    needs_editing: tuple[str, ...]
    """Texts that were taken, though a check refuses them or the file calls them fuzzy."""


def collect(keys: Iterable[str], *, locale: str) -> Bundle:
    """The texts of these keys in a language, as they stand, with their sources.

    Raises Refused `wording.key_unknown`, and `wording.sources_mixed` when they were written in
    different languages: a file has one.
    """
    wanted, locale = list(keys), tags.canonical(locale)
    templates = {(row.key, row.channel): row for row in Template.objects.filter(key__in=wanted)}
    if not templates:
        raise Refused("wording.key_unknown", key=", ".join(wanted)[:120])
    languages = {row.source_language for row in templates.values()}
    if len(languages) > 1:
        raise Refused("wording.sources_mixed", languages=", ".join(sorted(languages)))
    found = [one for one in standings(wanted, locales=[locale]) if one.locale == locale]
    texts = {
        row.pk: row.fields
        for row in WordingVersion.objects.filter(pk__in=[one.version_id for one in found])
    }
    return Bundle(
        languages.pop(),
        locale,
        tuple(
            Unit(
                context_of(one.key, one.channel, name),
                templates[one.key, one.channel].source[name],
                texts.get(one.version_id or 0, {}).get(name, ""),
                one.state,
                one.remark,
            )
            for one in found
            for name in sorted(FIELDS[one.channel], key=_ORDER.index)
        ),
    )


_ORDER = ("text", "subject", "title", "body")


def context_of(key: str, channel: str, field: str) -> str:
    """As catalogues write it: an SMS has one field, which is not named."""
    return f"{key}.{channel}" if field == "text" else f"{key}.{channel}.{field}"


def take(bundle: Bundle, *, by: User) -> Taken:
    """Every translated text as a new version, or nothing at all.

    A text that says what is there already changes nothing; nothing is accepted by coming in. Raises
    `NotTaken` with every unit that was edited against an older source, belongs to no text that they
    may write, or whose text is not whole; and what `bench.edit` raises.
    """
    templates = _of(by)
    texts, problems = _grouped(bundle, templates)
    if problems:
        raise NotTaken(bundle.locale, tuple(problems))
    new, unchanged, poor = 0, 0, []
    with transaction.atomic():
        for (key, channel), units in texts.items():
            fields = {split(unit.context)[2]: unit.target for unit in units}
            if _same(key, channel, bundle.locale, fields):
                unchanged += 1
                continue
            version, _ = bench.edit(
                key, channel=channel, locale=bundle.locale, fields=fields, by=by
            )
            if version.state != State.NEEDS_EDITING and any(
                unit.state == State.NEEDS_EDITING for unit in units
            ):
                version = bench.doubt(version)
            if version.state == State.NEEDS_EDITING:
                poor.append(f"{key}.{channel}")
            new += 1
        if new:
            journal.note(by, "wordings.imported", f"locale:{bundle.locale}", texts=new)
    blank = sum(not unit.target for unit in bundle.units)
    return Taken(new, unchanged, blank, tuple(poor))


def _of(by: User) -> dict[tuple[str, str], Template]:
    """The texts that the person may translate; others are to them as if there were none."""
    may = cache(lambda key: owning.translates(by, key))
    return {(row.key, row.channel): row for row in Template.objects.all() if may(row.key)}


def _grouped(
    bundle: Bundle, templates: dict[tuple[str, str], Template]
) -> tuple[dict[tuple[str, str], list[Unit]], list[Problem]]:
    """Texts with all their units, and what is wrong with the others."""
    texts: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    problems = []
    for unit in bundle.units:
        try:
            key, channel, field = split(unit.context)
            template = templates.get((key, channel))
            _check(unit, field, template, bundle)
        except Refused as error:
            problems.append(Problem(unit.context, error))
            continue
        if unit.target:
            texts[key, channel].append(unit)
    told = {problem.context for problem in problems}
    problems += [half for half in _halves(texts) if half.context not in told]
    return texts, problems


def _check(unit: Unit, field: str, template: Template | None, bundle: Bundle) -> None:
    if template is None:
        raise Refused("wording.unit_unknown", context=unit.context[:120])
    if bundle.source_language and template.source_language != bundle.source_language:
        raise Refused(
            "wording.unit_other_language",
            context=unit.context,
            found=bundle.source_language,
            wanted=template.source_language,
        )
    if not _alike(template.source[field], unit.source, locale=template.source_language):
        raise Refused("wording.unit_outdated", context=unit.context)


def _halves(texts: dict[tuple[str, str], list[Unit]]) -> Iterable[Problem]:
    for (key, channel), units in texts.items():
        names = {split(unit.context)[2] for unit in units}
        for name in sorted(FIELDS[channel] - names):
            context = context_of(key, channel, name)
            yield Problem(context, Refused("wording.unit_missing", context=context))


def _same(key: str, channel: str, locale: str, fields: dict[str, str]) -> bool:
    """Whether this is what stands there against the present source."""
    for one in standings([key], locales=[locale]):
        if (one.channel, one.locale) == (channel, locale) and one.version_id:
            if one.state == State.STALE:
                return False
            held = WordingVersion.objects.values_list("fields", flat=True).get(pk=one.version_id)
            return all(_alike(held[name], fields[name], locale=locale) for name in held)
    return False


def _alike(one: str, other: str, *, locale: str) -> bool:
    """Line ends, the space at both ends and the way of quoting do not make another text."""
    one, other = (text.replace("\r\n", "\n").strip() for text in (one, other))
    try:
        return one == other or parse(one, locale=locale) == parse(other, locale=locale)
    except Refused:
        return False
