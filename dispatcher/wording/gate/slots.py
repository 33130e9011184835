"""Checks of placeholders: the source's own, whole plurals, links that stand free. Pure."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from dispatcher.wording import tags
from dispatcher.wording.gate.finding import Facts, Field, Side
from dispatcher.wording.placeholders import Difference, Plural, Slot, difference


def differ(field: Field) -> Iterator[Facts]:
    """Missing, too many, or of another type."""
    found = _difference(field.theirs, field.ours)
    if found.missing or found.extra or found.retyped:
        yield {
            "missing": ", ".join(found.missing) or "-",
            "extra": ", ".join(found.extra) or "-",
            "retyped": ", ".join(found.retyped) or "-",
        }


def recounted(field: Field) -> Iterator[Facts]:
    """More or less often than in the source."""
    if names := _difference(field.theirs, field.ours).recounted:
        yield {"names": ", ".join(names)}


@lru_cache(32)
def _difference(source: Side, ours: Side) -> Difference:
    """Two checks ask the same, of one text right after the other."""
    return difference(source.pattern, ours.pattern)


def forms(field: Field) -> Iterator[Facts]:
    """A plural without a form that the language needs."""
    needed = _needed_forms(field.locale)
    for piece in field.ours.pattern.walk():
        if isinstance(piece, Plural) and (missing := needed - dict(piece.forms).keys()):
            yield {"name": piece.name, "forms": ", ".join(sorted(missing))}


@lru_cache(512)
def _needed_forms(locale: str) -> frozenset[str]:
    """The categories that whole numbers up to 1,000 meet.

    CLDR has 'many' in es, fr and pt for round millions alone; there, 'other' does.
    """
    rule = tags.locale(locale).plural_form
    return frozenset(rule(number) for number in range(1001)) | {"other"}


def glued(field: Field) -> Iterator[Facts]:
    """A link with a letter or a full stop behind it takes that along when it is tapped."""
    for piece, after in pairwise(field.ours.pattern.pieces):
        if not isinstance(piece, Slot) or piece.type not in {"link", "email"}:
            continue
        if not isinstance(after, str) or after[0] not in " \n)>*\u00a0\u2069":
            yield {"name": piece.name}
