"""A parsed text as values: printing it again, and comparing a translation with its source. Pure."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

TYPES: dict[str, frozenset[str]] = {
    "text": frozenset(),
    "number": frozenset({"integer", "percent"}),
    "money": frozenset(),
    "date": frozenset({"short", "medium", "long", "full"}),
    "time": frozenset({"short", "medium"}),
    "datetime": frozenset({"short", "medium", "long", "full"}),
    "duration": frozenset({"short", "long"}),
    "phone": frozenset(),
    "link": frozenset(),
    "email": frozenset(),
    "place": frozenset(),
    "list": frozenset({"or"}),
}
"""Slot type -> the styles it takes besides its default."""

_TO_QUOTE = re.compile(r"[{}']+")
_TO_QUOTE_IN_PLURAL = re.compile(r"[{}'#]+")


@dataclass(frozen=True, slots=True)
class Slot:
    """A typed value that is filled in."""

    name: str
    type: str = "text"
    style: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """`#`: the number of the plural around it."""


@dataclass(frozen=True, slots=True)
class Plural:
    """One pattern for each form of a number; selectors are '=0' or CLDR categories."""

    name: str
    forms: tuple[tuple[str, "Pattern"], ...]


Piece = str | Slot | Count | Plural


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed text; neighbouring letters are one piece."""

    pieces: tuple[Piece, ...]

    def walk(self) -> Iterator[Piece]:
        """All pieces, those inside plurals too."""
        for piece in self.pieces:
            yield piece
            if isinstance(piece, Plural):
                for _, form in piece.forms:
                    yield from form.walk()

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Every slot in order, a plural as a slot of type number."""
        return tuple(
            Slot(piece.name, "number") if isinstance(piece, Plural) else piece
            for piece in self.walk()
            if isinstance(piece, (Slot, Plural))
        )

    @property
    def letters(self) -> str:
        """The literal text, without slots; a space stands where one was."""
        return "".join(piece if isinstance(piece, str) else " " for piece in self.walk())


def write(pattern: Pattern) -> str:
    """The text of a pattern: `parse(write(p)) == p`."""
    return _write(pattern, in_plural=False)


def signature(pattern: Pattern) -> frozenset[tuple[str, str, int]]:
    """(name, type, how often) for every slot; of a plural's forms the one with the most counts."""
    return frozenset((name, kind, n) for (name, kind), n in _counted(pattern).items())


@dataclass(frozen=True, slots=True)
class Difference:
    """How a translation's slots differ from its source's."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    retyped: tuple[str, ...]
    recounted: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.missing or self.extra or self.retyped or self.recounted)


def same(one: Pattern, other: Pattern) -> bool:
    """Whether both have the same slots, of the same types, equally often."""
    return signature(one) == signature(other)


def difference(source: Pattern, translation: Pattern) -> Difference:
    """What a translator has to mend, by slot name; styles may differ between languages."""
    ours, theirs = _counted(source), _counted(translation)
    names, theirs_names = {name for name, _ in ours}, {name for name, _ in theirs}
    shared = names & theirs_names
    retyped = {name for name, _ in ours.keys() ^ theirs.keys()} & shared
    recounted = {name for name, kind in ours if ours[name, kind] != theirs[name, kind]}
    return Difference(
        missing=tuple(sorted(names - theirs_names)),
        extra=tuple(sorted(theirs_names - names)),
        retyped=tuple(sorted(retyped)),
        recounted=tuple(sorted((recounted & shared) - retyped)),
    )


def _counted(pattern: Pattern) -> Counter[tuple[str, str]]:
    seen: Counter[tuple[str, str]] = Counter()
    for piece in pattern.pieces:
        if isinstance(piece, Slot):
            seen[piece.name, piece.type] += 1
        elif isinstance(piece, Plural):
            seen[piece.name, "number"] += 1
            most: Counter[tuple[str, str]] = Counter()
            for _, form in piece.forms:
                most |= _counted(form)
            seen += most
    return seen


def _write(pattern: Pattern, *, in_plural: bool) -> str:
    special = _TO_QUOTE_IN_PLURAL if in_plural else _TO_QUOTE
    out = []
    for piece in pattern.pieces:
        if isinstance(piece, str):
            out.append(special.sub(partial(_quoted, end=len(piece)), piece))
        elif isinstance(piece, Slot):
            parts = (piece.name, piece.type, piece.style)
            shown = parts if piece.style else parts[: 1 if piece.type == "text" else 2]
            out.append("{" + ", ".join(shown) + "}")
        elif isinstance(piece, Plural):
            forms = (f"{key} {{{_write(form, in_plural=True)}}}" for key, form in piece.forms)
            out.append(f"{{{piece.name}, plural, {' '.join(forms)}}}")
        else:
            out.append("#")
    return "".join(out)


def _quoted(run: re.Match[str], *, end: int) -> str:
    letters = run[0]
    if letters.strip("'"):
        return "'" + letters.replace("'", "''") + "'"
    # One apostrophe inside a text needs no help; before a slot it would begin a quotation.
    return letters if len(letters) == 1 and run.end() < end else letters * 2
