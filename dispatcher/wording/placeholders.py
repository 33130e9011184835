"""The language of our texts, a subset of ICU MessageFormat: read into patterns. Pure.

A text is literal letters, slots `{name}`, `{name, type}`, `{name, type, style}`, and plurals
`{name, plural, =0 {none} one {# lot} other {# lots}}`, where `#` is the number. An apostrophe
quotes only directly before a brace (and before `#` in a plural): `'{'` is a brace, `''` is an
apostrophe, and any other apostrophe is itself. Whatever is read here means the same to ICU.
Everything else is refused with the position (from 1) of the letter that is wrong.
"""

import re
import unicodedata

from dispatcher.kit.errors import Refused
from dispatcher.wording import tags
from dispatcher.wording.patterns import (
    TYPES,
    Count,
    Difference,
    Pattern,
    Piece,
    Plural,
    Slot,
    difference,
    same,
    signature,
    write,
)

__all__ = [
    "TYPES",
    "Count",
    "Difference",
    "Pattern",
    "Plural",
    "Slot",
    "difference",
    "parse",
    "same",
    "signature",
    "write",
]

LONGEST = 20_000
"""Characters; the longest shipped letter has a tenth."""
DEEPEST = 3
"""Plurals inside plurals."""
MOST_SLOTS = 100
MOST_MARKS = 8
"""Combining marks on one letter; no orthography needs more than about five."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WORD = re.compile(r"[a-z]{1,20}")
_SELECTOR = re.compile(r"=[0-9]{1,9}|[a-z]{1,20}")
_SPACE = re.compile(r"[ \t\r\n]*")
_PLAIN = re.compile(r"[^{}']+")
_PLAIN_IN_PLURAL = re.compile(r"[^{}'#]+")
_QUOTED = re.compile(r"'((?:[{}#]|'')+)'")


def parse(text: str, *, locale: str) -> Pattern:
    """Read a text of the locale (BCP 47; it says which plural categories exist).

    Raises Refused `wording.*` with `position` and what was found there.
    """
    refuse_unbearable(text)
    reader = _Reader(text, tags.plural_categories(locale))
    pattern = reader.pattern(depth=0)
    if reader.at < len(text):
        raise reader.refused("brace_stray")
    return pattern


def refuse_unbearable(text: str) -> None:
    """Refuse what no text is: `wording.text_too_long`, `wording.too_many_marks` (heaps of them)."""
    if len(text) > LONGEST:
        raise Refused("wording.text_too_long", length=len(text), most=LONGEST)
    marks = {one for one in set(text) if unicodedata.category(one) in {"Mn", "Me"}}
    run = 0
    for position, letter in enumerate(text if marks else "", 1):
        run = run + 1 if letter in marks else 0
        if run > MOST_MARKS:
            raise Refused("wording.too_many_marks", position=position, most=MOST_MARKS)


class _Reader:
    """Recursive descent over one text."""

    def __init__(self, text: str, categories: frozenset[str]) -> None:
        self.text, self.categories = text, categories
        self.at, self.slots = 0, 0

    def refused(self, what: str, **facts: object) -> Refused:
        found = self.text[self.at : self.at + 20]
        return Refused(f"wording.{what}", position=self.at + 1, found=found, **facts)

    def pattern(self, *, depth: int) -> Pattern:
        """Pieces up to the end or to the brace that closes them."""
        pieces: list[Piece] = []
        letters: list[str] = []
        plain = _PLAIN_IN_PLURAL if depth else _PLAIN
        while self.at < len(self.text) and self.text[self.at] != "}":
            if run := plain.match(self.text, self.at):
                letters.append(run[0])
                self.at = run.end()
            elif self.text[self.at] == "'":
                letters.append(self.apostrophe(in_plural=depth > 0))
            else:
                if letters:
                    pieces.append("".join(letters))
                    letters.clear()
                pieces.append(self.placeholder(depth=depth))
        return Pattern((*pieces, *(["".join(letters)] if letters else [])))

    def apostrophe(self, *, in_plural: bool) -> str:
        """`''` is one; before a brace it quotes braces alone, so that it swallows no slot."""
        following = self.text[self.at + 1 : self.at + 2]
        if following == "'":
            self.at += 2
            return "'"
        if following not in {"{", "}"} and not (in_plural and following == "#"):
            self.at += 1
            return "'"
        quotation = _QUOTED.match(self.text, self.at)
        if quotation is None:
            raise self.refused("quote_unclear")
        self.at = quotation.end()
        return quotation[1].replace("''", "'")

    def placeholder(self, *, depth: int) -> Piece:
        if self.text[self.at] == "#":
            self.at += 1
            return Count()
        start = self.at
        self.slots += 1
        if self.slots > MOST_SLOTS:
            raise self.refused("too_many_slots", most=MOST_SLOTS)
        self.at += 1
        name = self.word(_NAME, "slot_name")
        if self.closed(start):
            return Slot(name)
        self.expect(",", "slot_syntax", name=name)
        kind = self.word(_WORD, "slot_type", name=name)
        if kind == "plural":
            return self.plural(name, depth=depth, start=start)
        if kind not in TYPES:
            self.at -= len(kind)
            raise self.refused("slot_type", name=name)
        return self.typed(name, kind, start)

    def typed(self, name: str, kind: str, start: int) -> Slot:
        if self.closed(start):
            return Slot(name, kind)
        self.expect(",", "slot_syntax", name=name)
        style = self.word(_WORD, "slot_style", name=name, type=kind)
        if style not in TYPES[kind]:
            self.at -= len(style)
            raise self.refused("slot_style", name=name, type=kind)
        if not self.closed(start):
            raise self.refused("slot_syntax", name=name)
        return Slot(name, kind, style)

    def plural(self, name: str, *, depth: int, start: int) -> Plural:
        if depth >= DEEPEST:
            raise self.refused("too_deep", most=DEEPEST)
        self.expect(",", "slot_syntax", name=name)
        forms: dict[str, Pattern] = {}
        self.space()
        while not self.closed(start):
            selector = self.selector(name, forms)
            self.expect("{", "slot_syntax", name=name)
            forms[selector] = self.pattern(depth=depth + 1)
            self.expect("}", "brace_open", name=name)
        if "other" not in forms:
            self.at = start
            raise self.refused("plural_other_missing", name=name)
        return Plural(name, tuple(forms.items()))

    def selector(self, name: str, forms: dict[str, Pattern]) -> str:
        written = self.word(_SELECTOR, "plural_form", name=name)
        exact = written.startswith("=")
        selector = f"={int(written[1:])}" if exact else written
        if selector in forms or not (exact or selector in self.categories):
            self.at -= len(written)
            what = "plural_repeated" if selector in forms else "plural_form"
            raise self.refused(what, name=name, forms=", ".join(sorted(self.categories)))
        return selector

    def word(self, wanted: re.Pattern[str], what: str, **facts: object) -> str:
        self.space()
        found = wanted.match(self.text, self.at)
        if found is None:
            raise self.refused(what, **facts)
        self.at = found.end()
        return found[0]

    def expect(self, letter: str, what: str, **facts: object) -> None:
        self.space()
        if self.text[self.at : self.at + 1] != letter:
            raise self.refused(what, **facts)
        self.at += 1

    def closed(self, start: int) -> bool:
        """Whether the slot that opened at `start` ends here; refused where the text ends first."""
        self.space()
        if self.at >= len(self.text):
            self.at = start
            raise self.refused("brace_open")
        if self.text[self.at] != "}":
            return False
        self.at += 1
        return True

    def space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
