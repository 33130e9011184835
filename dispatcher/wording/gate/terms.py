"""Checks of terms: names that stay, words with a settled translation or a forbidden one. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache

from dispatcher.wording.gate.finding import Facts, Field
from dispatcher.wording.gate.lexicon import LETTER, UNSPACED, fold


def lost(field: Field) -> Iterator[Facts]:
    """A term of the source that is never translated is not there as it is written."""
    missing = [
        term
        for term in field.asked.keep
        if term in field.theirs.plain and term not in field.ours.plain
    ]
    if missing:
        yield {"terms": ", ".join(missing)}


def missed(field: Field) -> Iterator[Facts]:
    """A term of the glossary stands in the source and none of its translations here."""
    for term, names in field.asked.glossary.items():
        if fold(term, field.theirs.locale) not in field.theirs.folded:
            continue
        if not any(fold(name, field.locale).strip("*") in field.ours.folded for name in names):
            yield {"term": term, "names": ", ".join(names)}


def forbidden(field: Field) -> Iterator[Facts]:
    """A word that the organisation never uses for a term of the source."""
    same = field.locale == field.theirs.locale
    for term, variants in field.asked.forbidden.items():
        if not same and fold(term, field.theirs.locale) not in field.theirs.folded:
            continue
        text = field.ours.folded
        for name in sorted(field.asked.glossary.get(term, ()), key=len, reverse=True):
            text = _pattern(name, field.locale).sub(" ", text)
        for variant in variants:
            if found := _pattern(variant, field.locale).search(text):
                yield {"term": term, "found": found[0]}


@lru_cache(1024)
def _pattern(entry: str, locale: str) -> re.Pattern[str]:
    """As a whole word, a star for any ending; where words are not set apart, anywhere."""
    folded = fold(entry, locale)
    if locale[:2] in UNSPACED:
        return re.compile(re.escape(folded.strip("*")))
    inside = re.escape(folded).replace(r"\*", f"[{LETTER}]*").replace(r"\ ", r"\s+")
    return re.compile(rf"(?<![{LETTER}]){inside}(?![{LETTER}])")
