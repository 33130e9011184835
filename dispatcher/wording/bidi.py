"""Two directions in one text: values are isolated, and what could turn a text around is refused.

Pure. In a right-to-left wording a phone number or a link that is merely inserted shows its parts
in the wrong order. Each such value is put between Unicode isolates (UAX #9, since 6.3 of 2013):
LRI for what is always written from left to right, FSI for what begins as it may; PDI closes both.
Marks (LRM) were the alternative: they do not nest, and a value with letters of both directions
needs more than one. A handset too old for isolates ignores them, as it ignores marks. They cost
two UTF-16 units a value; a right-to-left text is UCS-2 with or without them. Links keep a space
between themselves and the closing sign: Android's link finder takes U+2069 for a part of the path.
"""

import re
import unicodedata
from typing import Literal

from dispatcher.kit.errors import Refused

Direction = Literal["ltr", "rtl"]

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
_OPENING = frozenset((LRI, RLI, FSI))
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")
"""Embeddings and overrides: they turn what follows around, unseen ('Trojan source')."""
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_RTL = frozenset({"R", "AL"})
_DIRECTED = frozenset(("L", "R", "AL"))
_ASCII_DIGIT = re.compile("[0-9]")
_PARAGRAPH = re.compile("[\n\r\x1c-\x1e\x85\u2029]")


def refuse_stray(text: str, **facts: object) -> None:
    """Refuse override characters, and isolates that do not close in their own paragraph.

    Raises Refused `wording.bidi_override` or `wording.bidi_unbalanced`, with `position` and
    `facts`.
    """
    if text.isascii() or not _TURNING.search(text):
        return
    depth, opened = 0, 0
    for position, letter in enumerate(text, 1):
        if letter in _OVERRIDES:
            raise Refused("wording.bidi_override", position=position, sign=_named(letter), **facts)
        if letter in _OPENING:
            depth, opened = depth + 1, position
        elif letter == PDI:
            depth, opened = depth - 1, position
        if depth < 0 or (depth and _PARAGRAPH.match(letter)):
            raise Refused("wording.bidi_unbalanced", position=opened, **facts)
    if depth:
        raise Refused("wording.bidi_unbalanced", position=opened, **facts)


def first_strong(text: str) -> str:
    """'L', 'R' or 'AL' of the first letter that has a direction; '' when none has."""
    for letter in text:
        if (kind := unicodedata.bidirectional(letter)) in _DIRECTED:
            return kind
    return ""


def isolated(value: str, direction: Direction, *, ltr: bool = False) -> str:
    """The value as it stands in a text of that direction, between isolates where it needs them.

    Right to left: what begins from left to right, or has ASCII digits, or is `ltr` by its type
    (phone, link, e-mail). Left to right: only what has right-to-left letters, since an isolate
    would push a GSM-7 text into UCS-2.
    """
    if direction == "rtl":
        if ltr:
            return f"{LRI}{value}{PDI}"
        needed = first_strong(value) == "L" or _ASCII_DIGIT.search(value) is not None
    else:
        needed = not value.isascii() and has_rtl(value)
    return f"{FSI}{value}{PDI}" if needed else value


def has_rtl(text: str) -> bool:
    """Whether any letter runs from right to left."""
    return not _RTL.isdisjoint(map(unicodedata.bidirectional, text))


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X}"
