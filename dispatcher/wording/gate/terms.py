"""Checks of terms: names that stay as they are, and words that have a settled translation. Pure."""

from collections.abc import Iterator

from dispatcher.wording.gate.finding import Facts, Field
from dispatcher.wording.gate.lexicon import fold


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
