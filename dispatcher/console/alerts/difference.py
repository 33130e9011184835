"""What was taken out of a text and what was put in, word by word. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "out", "in"]
# Chinese and Japanese write no blanks: there every sign counts as a word.
_WORDS = re.compile(r"\s+|[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+|[^\w\s]")
AROUND = 12
"""Words that stay on either side of a change; what lies further off is left out."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that stayed, went or came."""

    kind: Kind
    text: str


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """Both texts in one, in the order in which they are read; () when they are the same."""
    if old == new:
        return ()
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[Piece] = []
    for _, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if before[i:j] == after[k:m]:
            pieces.append(Piece("same", "".join(before[i:j])))
            continue
        if j > i:
            pieces.append(Piece("out", "".join(before[i:j])))
        if m > k:
            pieces.append(Piece("in", "".join(after[k:m])))
    return tuple(pieces)


def around(pieces: tuple[Piece, ...], *, words: int = AROUND) -> tuple[Piece, ...]:
    """The same with long stretches that stayed cut down to what stands near a change."""
    last = len(pieces) - 1
    return tuple(
        Piece(piece.kind, _cut(piece.text, words, first=place == 0, last=place == last))
        if piece.kind == "same"
        else piece
        for place, piece in enumerate(pieces)
    )


def _cut(text: str, words: int, *, first: bool, last: bool) -> str:
    found = _WORDS.findall(text)
    if len(found) <= (words if first or last else 2 * words):
        return text
    head = "" if first else "".join(found[:words])
    tail = "" if last else "".join(found[-words:])
    return f"{head} … {tail}"
