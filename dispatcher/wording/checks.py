"""The gate: what a text must be before it may be sent, one row a check. Pure.

A later check is a function from a field to the facts of what it found, and a row in `CHECKS`.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from dispatcher.kit import sms
from dispatcher.kit.errors import Refused
from dispatcher.wording import bidi, rendering, tags
from dispatcher.wording.facts import Fact, Facts
from dispatcher.wording.letters import FOREIGN, SCRIPTS
from dispatcher.wording.placeholders import Pattern, Plural, Slot, difference, parse


class Severity(StrEnum):
    """What a finding means for the text."""

    REFUSE = "refuse"
    """It is not sent."""
    WARN = "warn"
    """A person should look."""
    NOTE = "note"
    """Worth knowing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `facts` names the field and whatever the sentence tells."""

    code: str
    severity: Severity
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a text beside the same field of its source, both parsed."""

    name: str
    channel: str
    locale: str
    text: str
    pattern: Pattern
    source_locale: str
    source: Pattern


@dataclass(frozen=True, slots=True)
class Check:
    """A row of the gate: one code, one severity, and how to look."""

    code: str
    severity: Severity
    look: Callable[[Field], Iterator[dict[str, object]]]


def examine(
    fields: Mapping[str, str],
    *,
    locale: str,
    source: Mapping[str, str],
    source_locale: str = "en",
) -> tuple[Finding, ...]:
    """All findings on a text in a locale, in the order of its fields and of `CHECKS`.

    A field that cannot be parsed has that one finding, with the parser's code.
    """
    channel = rendering.channel_of(fields)
    findings: list[Finding] = []
    for name, text in fields.items():
        try:
            pattern = parse(text, locale=locale)
            origin = parse(source[name], locale=source_locale)
        except Refused as wrong:
            findings.append(Finding(wrong.code, Severity.REFUSE, wrong.facts | {"field": name}))
            continue
        field = Field(name, channel, locale, text, pattern, source_locale, origin)
        findings += (
            Finding(check.code, check.severity, facts | {"field": name})
            for check in CHECKS
            for facts in check.look(field)
        )
    return tuple(findings)


def refused(findings: tuple[Finding, ...]) -> bool:
    """Whether any finding keeps the text from being sent."""
    return any(finding.severity is Severity.REFUSE for finding in findings)


def _slots(field: Field) -> Iterator[dict[str, object]]:
    found = difference(field.source, field.pattern)
    if found.missing or found.extra or found.retyped:
        yield {
            "missing": ", ".join(found.missing),
            "extra": ", ".join(found.extra),
            "retyped": ", ".join(found.retyped),
        }


def _counts(field: Field) -> Iterator[dict[str, object]]:
    if recounted := difference(field.source, field.pattern).recounted:
        yield {"names": ", ".join(recounted)}


def _forms(field: Field) -> Iterator[dict[str, object]]:
    needed = _needed_forms(field.locale)
    for piece in field.pattern.walk():
        if isinstance(piece, Plural) and (missing := needed - dict(piece.forms).keys()):
            yield {"name": piece.name, "forms": ", ".join(sorted(missing))}


@lru_cache(512)
def _needed_forms(locale: str) -> frozenset[str]:
    """The categories that whole numbers up to 1,000 meet.

    CLDR has 'many' in es, fr and pt for round millions alone; there, 'other' does.
    """
    rule = tags.locale(locale).plural_form
    return frozenset(rule(number) for number in range(1001)) | {"other"}


def _words(field: Field) -> str:
    return "".join(letter for letter in field.pattern.letters if letter.isalpha())


@lru_cache(4096)
def _alphabet(letter: str) -> str:
    """The first word of the letter's Unicode name, which is its script: LATIN, CYRILLIC, CJK."""
    return unicodedata.name(letter, "").split(" ")[0].split("-")[0]


MOSTLY = 0.6
"""Of the letters; what is left is for brand names and words like SMS."""
FEW = 8
"""Letters; a text of fewer says nothing of its script."""


def _script(field: Field) -> Iterator[dict[str, object]]:
    expected = SCRIPTS.get(tags.script(field.locale))
    found = Counter(map(_alphabet, _words(field)))
    if expected is None or found.total() < FEW:
        return
    fitting = sum(n for alphabet, n in found.items() if alphabet in expected)
    if fitting < MOSTLY * found.total():
        yield {"script": found.most_common(1)[0][0].title()}


def _unchecked(field: Field) -> Iterator[dict[str, object]]:
    if tags.script(field.locale) not in SCRIPTS:
        yield {"script": tags.script(field.locale)}


def _strangers(field: Field) -> Iterator[dict[str, object]]:
    """Letters of a neighbouring language: Arabic yeh in Persian, simplified in traditional."""
    foreign = FOREIGN.get(field.locale, frozenset())
    if found := sorted(foreign & set(_words(field))):
        yield {"letters": " ".join(found)}


def _copied(field: Field) -> Iterator[dict[str, object]]:
    ours, theirs = field.pattern.letters.split(), field.source.letters.split()
    same_language = tags.script(field.locale) == tags.script(field.source_locale) and (
        field.locale.split("-")[0] == field.source_locale.split("-")[0]
    )
    # One word alone may be the same: 'information' is French too.
    if not same_language and ours == theirs and sum(map(_spoken, ours)) > 1:
        yield {}


def _spoken(word: str) -> bool:
    return any(map(str.isalpha, word))


def _signs(field: Field) -> Iterator[dict[str, object]]:
    try:
        bidi.refuse_stray(field.text)
    except Refused as wrong:
        yield {"position": wrong.facts["position"]}


def _glued(field: Field) -> Iterator[dict[str, object]]:
    """A link with a letter or a full stop behind it takes that along when it is tapped."""
    pieces = field.pattern.pieces
    for piece, after in pairwise(pieces):
        if not isinstance(piece, Slot) or piece.type not in {"link", "email"}:
            continue
        if not isinstance(after, str) or after[0] not in " \n)>*":
            yield {"name": piece.name}


SAMPLES: Mapping[str, str] = {
    "text": "Berry muesli 500 g",
    "number": "12",
    "money": "4.50 EUR",
    "date": "2026-11-23",
    "time": "14:30",
    "datetime": "2026-11-23T14:30:00+00:00",
    "duration": "PT2H",
    "phone": "+442079460123",
    "link": "https://example.com/recall",
    "email": "help@example.com",
    "place": "Springfield",
    "list": '["L2311A", "L2312B"]',
}
"""Usual values by type, to count parts with before there are facts."""

FEW_PARTS = {sms.Encoding.GSM7: 2, sms.Encoding.UCS2: 4}


def _count(field: Field) -> sms.Parts | None:
    if field.channel != "sms":
        return None
    kinds = {slot.name: slot.type for slot in field.pattern.slots}
    facts = (
        Fact(name, kind, SAMPLES[kind])
        for name, kind in kinds.items()
        if name not in rendering.PERSONAL
    )
    shown = rendering.compile(
        {field.name: field.text}, locale=field.locale, zone="UTC", facts=Facts.of(facts)
    )
    personal = {name: SAMPLES[kind] for name, kind in rendering.PERSONAL.items()}
    return sms.parts(shown.parts[field.name].fill(personal))


def _parts(field: Field) -> Iterator[dict[str, object]]:
    if not _stray(field) and (count := _count(field)):
        yield {"parts": count.parts, "units": count.units, "encoding": count.encoding.value}


def _long(field: Field) -> Iterator[dict[str, object]]:
    if not _stray(field) and (count := _count(field)) and count.parts > FEW_PARTS[count.encoding]:
        yield {"parts": count.parts, "most": FEW_PARTS[count.encoding]}


def _stray(field: Field) -> bool:
    return any(True for _ in _signs(field))


CHECKS: tuple[Check, ...] = (
    Check("wording.slots_differ", Severity.REFUSE, _slots),
    Check("wording.slots_recounted", Severity.WARN, _counts),
    Check("wording.forms_missing", Severity.REFUSE, _forms),
    Check("wording.script_foreign", Severity.REFUSE, _script),
    Check("wording.script_unchecked", Severity.NOTE, _unchecked),
    Check("wording.letters_foreign", Severity.WARN, _strangers),
    Check("wording.same_as_source", Severity.REFUSE, _copied),
    Check("wording.signs_stray", Severity.REFUSE, _signs),
    Check("wording.address_glued", Severity.WARN, _glued),
    Check("wording.sms_parts", Severity.NOTE, _parts),
    Check("wording.sms_long", Severity.WARN, _long),
)
