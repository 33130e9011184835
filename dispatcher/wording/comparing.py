"""What changed between two texts, word by word, for a person who must decide again. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORDS = re.compile(r"\s+|\{[^{}]*\}|\w+|[^\w\s]", re.UNICODE)
"""Space, a placeholder as one, a word, or one sign."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that both have, only the old one (gone), or only the new one (new)."""

    kind: Literal["same", "gone", "new"]
    text: str


def compare(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces in reading order; joined without the new ones they give `old`, and so on."""
    return tuple(_pieces(_WORDS.findall(old), _WORDS.findall(new)))


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, tuple[Piece, ...]]:
    """Field -> its pieces, for the fields that differ."""
    names = dict.fromkeys([*old, *new])
    return {
        name: compare(old.get(name, ""), new.get(name, ""))
        for name in names
        if old.get(name, "") != new.get(name, "")
    }


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if a < b:
            yield Piece("gone", "".join(old[a:b]))
        if c < d:
            yield Piece("new", "".join(new[c:d]))
