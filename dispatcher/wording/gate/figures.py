"""Checks of figures: what is a number, a day or an address in the source is the same here. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from dispatcher.wording.gate.finding import Facts, Field, Side, side
from dispatcher.wording.gate.reading import Figure, figures, is_code

_NATIONAL = 7
"""Digits; a number without its country is the same when so many at its end are."""


@dataclass(frozen=True, slots=True)
class _Lost:
    """What the source says and the translation does not, or the other way round."""

    kind: str
    source: str
    found: str


def of_kind(kind: str, field: Field) -> Iterator[Facts]:
    """The findings about one kind of figure."""
    lost = [
        one for one in _compared(field.ours.text, field.locale, *_source(field)) if one.kind == kind
    ]
    if lost:
        yield {
            "source": ", ".join(one.source for one in lost if one.source) or "-",
            "found": ", ".join(one.found for one in lost if one.found) or "-",
        }


def _source(field: Field) -> tuple[str, str]:
    return field.theirs.text, field.theirs.locale


@lru_cache(512)
def _read(text: str, locale: str) -> tuple[Figure, ...]:
    return figures(side(text, locale))


@lru_cache(512)
def _compared(text: str, locale: str, source: str, source_locale: str) -> tuple[_Lost, ...]:
    """Every difference once, under the kind that the source gives it."""
    ours, theirs = side(text, locale), side(source, source_locale)
    here, there = _read(text, locale), _read(source, source_locale)
    missing = [one for one in there if not _met(one, here, ours)]
    extra = [one for one in here if not _met(one, there, theirs)]
    return tuple(_paired(missing, _unexcused(extra, missing, there)))


def _met(figure: Figure, others: tuple[Figure, ...], side: Side) -> bool:
    """Whether the other text has it: in another form, inside a compound, or as a word."""
    if any(_same(figure, other) for other in others):
        return True
    if figure.kind == "code":
        return _stands(figure.shown, side.plain)
    return any(kind == "number" and _in_words(value, side) for kind, value in figure.readings)


def _same(one: Figure, other: Figure) -> bool:
    if one.readings & other.readings:
        return True
    if one.kind == other.kind == "phone":
        return _same_phone(one, other)
    return one.kind == other.kind == "date" and any(
        _same_day(mine, yours) for mine in _days(one) for yours in _days(other)
    )


def _days(figure: Figure) -> list[tuple[int, int, int]]:
    """Year (0: not said), month and day, in every way in which the date may be read."""
    return [(int(y), int(m), int(d)) for _, (y, m, d) in figure.readings]


def _same_day(mine: tuple[int, int, int], yours: tuple[int, int, int]) -> bool:
    return mine[1:] == yours[1:] and (mine[0] == yours[0] or 0 in {mine[0], yours[0]})


def _same_phone(one: Figure, other: Figure) -> bool:
    (mine,), (yours,) = one.readings, other.readings
    short, long = sorted((str(mine[1]), str(yours[1])), key=len)
    return "+" not in short and len(short) >= _NATIONAL and long.endswith(short)


def _stands(code: str, text: str) -> bool:
    """Letters of another script may touch it, and a hyphen; ASCII ones may not."""
    found = re.search(rf"(?<![A-Za-z0-9]){re.escape(code)}(?![A-Za-z0-9])", text)
    return found is not None


def _in_words(value: object, side: Side) -> bool:
    assert isinstance(value, Decimal)
    if side.lexicon is None or value != value.to_integral_value():
        return False
    whole = int(value)
    names = side.lexicon.numbers.get(whole, ())
    if whole in side.lexicon.unsaid or whole == 1:  # 'one' is an article in many languages
        return True
    return any(
        name in side.words if side.lexicon.spaced and " " not in name else name in side.folded
        for name in names
    )


def _unexcused(
    extra: list[Figure], missing: list[Figure], there: tuple[Figure, ...]
) -> list[Figure]:
    """Without conversions (0.5 kg beside 500 g) and what is left of a garbled code or compound."""
    codes = [one.shown for one in (*missing, *there) if one.kind == "code"]
    known = {value for one in there for kind, value in one.readings if kind == "number"}
    return [
        one
        for one in extra
        if not (one.kind == "code" and any(_stands(code, one.shown) for code in codes))
        and not (one.kind == "number" and (_converted(one, known) or _piece(one, missing)))
    ]


def _converted(one: Figure, known: set[object]) -> bool:
    values = [value for kind, value in one.readings if kind == "number"]
    return any(
        isinstance(value, Decimal)
        and {(value * 1000).normalize(), (value / 1000).normalize()} & known
        for value in values
    ) and bool(known)


def _piece(one: Figure, missing: list[Figure]) -> bool:
    digits = "".join(filter(str.isdigit, one.shown))
    return any(
        other.kind == "code" and digits in "".join(filter(str.isdigit, other.shown))
        for other in missing
    )


def _paired(missing: list[Figure], extra: list[Figure]) -> Iterator[_Lost]:
    """What is missing beside what stands in its place, the same kind first."""
    left = list(extra)
    for one in missing:
        twin = next((other for other in left if other.kind == one.kind), None) or next(
            iter(left), None
        )
        if twin:
            left.remove(twin)
        yield _Lost(one.kind, one.shown, twin.shown if twin else "")
    for other in left:
        yield _Lost(other.kind, "", other.shown)


__all__ = ["is_code", "of_kind"]
