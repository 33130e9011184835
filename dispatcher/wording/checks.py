"""The gate: what a text must be before it may be sent, one row a check. Pure.

A later check is a function from a field to the facts of what it found, and a row in `CHECKS`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from dispatcher.kit.errors import Refused
from dispatcher.wording import rendering
from dispatcher.wording.gate import (
    figures,
    language,
    length,
    manner,
    meaning,
    signs,
    slots,
    structure,
    terms,
)
from dispatcher.wording.gate.finding import (
    NOTHING,
    Asked,
    Check,
    Field,
    Finding,
    Price,
    Severity,
    side,
)

__all__ = ["CHECKS", "NOTHING", "Asked", "Finding", "Price", "Severity", "examine", "refused"]

MAIN = {"sms": "text", "email": "body", "push": "body"}
"""Channel -> the field that is looked at for what the whole message must have."""


def examine(
    fields: Mapping[str, str],
    *,
    locale: str,
    source: Mapping[str, str],
    source_locale: str = "en",
    asked: Asked = NOTHING,
) -> tuple[Finding, ...]:
    """All findings on a text in a locale, in the order of its fields and of `CHECKS`.

    A field that cannot be read has that one finding, with the parser's code. Raises Refused
    `wording.fields_unknown` when no channel has these fields, `language_unknown` for the locales.
    """
    channel = rendering.channel_of(fields)
    findings: dict[str, list[Finding]] = {name: [] for name in fields}
    read: list[Field] = []
    for name, text in fields.items():
        try:
            origin = side(source.get(name, ""), source_locale)
            read.append(Field(name, channel, side(text, locale), origin, asked))
        except Refused as wrong:
            facts = {**wrong.facts, "field": name}
            findings[name].append(Finding(wrong.code, Severity.REFUSE, facts))
    for field in read:
        whole = tuple(read) if field.name == MAIN[channel] and len(read) == len(fields) else ()
        findings[field.name] += _found(replace(field, others=whole))
    return tuple(finding for found in findings.values() for finding in found)


def refused(findings: Iterable[Finding]) -> bool:
    """Whether any finding keeps the text from being sent."""
    return any(finding.severity is Severity.REFUSE for finding in findings)


def _found(field: Field) -> list[Finding]:
    return [
        Finding(check.code, check.severity, {**facts, "field": field.name})
        for check in CHECKS
        for facts in check.look(field)
    ]


CHECKS: tuple[Check, ...] = (
    Check("wording.slots_differ", Severity.REFUSE, slots.differ),
    Check("wording.slots_recounted", Severity.WARN, slots.recounted),
    Check("wording.forms_missing", Severity.REFUSE, slots.forms),
    Check("wording.script_foreign", Severity.REFUSE, language.script),
    Check("wording.script_unchecked", Severity.NOTE, language.script_unchecked),
    Check("wording.language_foreign", Severity.REFUSE, language.other_language),
    Check("wording.letters_foreign", Severity.WARN, language.strangers),
    Check("wording.same_as_source", Severity.REFUSE, language.copied),
    Check("wording.source_left", Severity.REFUSE, language.left),
    Check("wording.negation_lost", Severity.WARN, meaning.negation_lost),
    Check("wording.negation_added", Severity.WARN, meaning.negation_added),
    Check("wording.obligation_lost", Severity.WARN, meaning.obligation_lost),
    Check("wording.words_unchecked", Severity.NOTE, meaning.unchecked),
    Check("wording.numbers_differ", Severity.REFUSE, partial(figures.of_kind, "number")),
    Check("wording.money_differ", Severity.REFUSE, partial(figures.of_kind, "money")),
    Check("wording.dates_differ", Severity.REFUSE, partial(figures.of_kind, "date")),
    Check("wording.times_differ", Severity.REFUSE, partial(figures.of_kind, "time")),
    Check("wording.phones_differ", Severity.REFUSE, partial(figures.of_kind, "phone")),
    Check("wording.links_differ", Severity.REFUSE, partial(figures.of_kind, "link")),
    Check("wording.codes_differ", Severity.REFUSE, partial(figures.of_kind, "code")),
    Check("wording.term_lost", Severity.REFUSE, terms.lost),
    Check("wording.glossary_missed", Severity.WARN, terms.missed),
    Check("wording.term_forbidden", Severity.REFUSE, terms.forbidden),
    Check("wording.signs_stray", Severity.REFUSE, signs.stray),
    Check("wording.letters_broken", Severity.REFUSE, signs.broken),
    Check("wording.script_mixed", Severity.REFUSE, signs.mixed),
    Check("wording.link_confusable", Severity.REFUSE, signs.confusable),
    Check("wording.run_not_isolated", Severity.WARN, signs.loose),
    Check("wording.joiners_lost", Severity.WARN, signs.joiners_lost),
    Check("wording.joiners_stray", Severity.WARN, signs.joiners_stray),
    Check("wording.address_glued", Severity.WARN, slots.glued),
    Check("wording.markup_broken", Severity.REFUSE, structure.broken),
    Check("wording.markup_differs", Severity.WARN, structure.differs),
    Check("wording.honorific_missing", Severity.WARN, manner.honorific),
    Check("wording.empathy_missing", Severity.WARN, manner.empathy),
    Check("wording.elements_missing", Severity.WARN, manner.incomplete),
    Check("wording.sms_parts", Severity.NOTE, length.parts),
    Check("wording.sms_long", Severity.WARN, length.long),
    Check("wording.sms_cost", Severity.NOTE, length.cost),
    Check("wording.sms_price_unknown", Severity.NOTE, length.price_unknown),
    Check("wording.push_long", Severity.WARN, length.push_long),
)
