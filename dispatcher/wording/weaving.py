"""How inserted values stand among the letters around them: isolated, escaped, links free. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dispatcher.wording import bidi, values

_MARKDOWN_SIGN = re.compile(r"([\\`*_\[\]<>&#|~])")
_MARKDOWN_HEAD = re.compile(r"^(\d*)([-+=.)])")
_ADDRESSES = frozenset({"link", "email"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of letters: literal (no kind), a shown value, or an open personal slot."""

    letters: str
    kind: str = ""
    slot: str = ""


def woven(pieces: list[Piece], way: bidi.Direction) -> Iterator[Piece]:
    """Plain text: values isolated, links and addresses standing free.

    Android's link finder takes every letter above U+00A0 that is no space for a part of the path:
    the closing isolate, an Arabic comma, a Japanese full stop. A space keeps them out. From right
    to left that space is seen at the link's far end; the text's own keeps the next word away.
    """
    before, address = "", False
    for piece in pieces:
        shown = (piece,) if piece.kind in _ADDRESSES else tuple(_isolated(piece, way))
        first = shown[0].letters[:1] or "x"  # a name begins with some letter
        if address and way == "rtl":
            yield Piece(f" {bidi.PDI}")
        elif address and (first.isalnum() or not (first.isascii() or first.isspace())):
            yield Piece(" ")
        address = piece.kind in _ADDRESSES
        if address and before.isalnum():
            yield Piece(" ")
        if address and way == "rtl":
            yield Piece(bidi.LRI)
        yield from shown
        before = piece.letters[-1:] or "x"
    if address and way == "rtl":
        yield Piece(f" {bidi.PDI}")


def _isolated(piece: Piece, way: bidi.Direction) -> Iterator[Piece]:
    """Values between isolates where their letters need it.

    A list's items are isolated one by one; what CLDR formats for the locale has the marks it needs.
    """
    settled = piece.kind in {"", "list"}
    settled |= piece.kind in values.FORMATTED and bidi.first_strong(piece.letters) != "L"
    if piece.slot and way == "rtl":
        yield from (Piece(bidi.FSI), piece, Piece(bidi.PDI))
    elif settled or piece.slot:
        yield piece
    else:
        ltr = piece.kind in values.LTR
        yield Piece(bidi.isolated(piece.letters, way, ltr=ltr), piece.kind)


def woven_markdown(pieces: list[Piece], way: bidi.Direction) -> Iterator[Piece]:
    """Markdown: values escaped; a link is an autolink, or bare as the target of a written link."""
    before, enclosed = "", False
    for piece in pieces:
        if enclosed:  # the plain twin of the letter needs the space, as a text message does
            yield Piece(f" {bidi.PDI}")
        target = before.endswith(("](", "](mailto:"))
        address = piece.kind in _ADDRESSES and not target
        enclosed = address and way == "rtl"
        if address:
            yield from (Piece(f"{bidi.LRI if enclosed else ''}<"), piece, Piece(">"))
        elif piece.kind and not target:
            yield from _isolated(replace(piece, letters=_escaped(piece.letters)), way)
        else:
            yield piece
        before = piece.letters
    if enclosed:
        yield Piece(f" {bidi.PDI}")


def _escaped(shown: str) -> str:
    """No value makes Markdown; '23. November' at the head of a line would begin a list."""
    return _MARKDOWN_HEAD.sub(r"\1\\\2", _MARKDOWN_SIGN.sub(r"\\\1", shown))
