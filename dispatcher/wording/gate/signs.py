"""Checks of signs that nobody sees: direction, joiners, look-alikes, broken letters. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain

from dispatcher.kit.errors import Refused
from dispatcher.wording import bidi, tags
from dispatcher.wording.gate.finding import Facts, Field
from dispatcher.wording.gate.language import alphabet
from dispatcher.wording.gate.lexicon import LETTER
from dispatcher.wording.gate.reading import LINK, MAIL, PHONE

_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
"""Alphabets with letters that look like each other's."""
_WORD = re.compile(r"\w+")
_OPENED = frozenset((bidi.LRI, bidi.RLI, bidi.FSI))
_LRM = "\u200e"
_JOINERS = "\u200c\u200d"
_LOOSE = re.compile(rf"(?:^|(?<=[\s{_JOINERS}]))[{_JOINERS}]|[{_JOINERS}](?=\s|$)")
_MOJIBAKE = re.compile(r"[ÃÂØÙÐÑ][\u0080-\u00bf]|â€|\?{3,}|\ufffd")
_UNSEEN = re.compile("[\n\t\r\u00a0\u202f\u200c\u200d\u200e\u200f\u2066-\u2069]")
"""Whole letters that Python does not call printable; without them the quick question is enough."""
_ALLOWED = frozenset("\n\t\r")


def stray(field: Field) -> Iterator[Facts]:
    """Characters that turn the text around unseen, or do not close."""
    try:
        bidi.refuse_stray(field.ours.text)
    except Refused as wrong:
        yield {"position": wrong.facts["position"]}


def loose(field: Field) -> Iterator[Facts]:
    """In right-to-left text, a number to call or an address that no isolate holds together."""
    if tags.direction(field.locale) != "rtl":
        return
    text = field.ours.text
    for found in chain(PHONE.finditer(text), LINK.finditer(text), MAIL.finditer(text)):
        before = text[: found.start()]
        opened = sum(map(before.count, _OPENED)) > before.count(bidi.PDI)
        marked = before.endswith(_LRM) and text[found.end() : found.end() + 1] == _LRM
        if not (opened or marked):
            yield {"run": found[0][:60]}


def joiners_lost(field: Field) -> Iterator[Facts]:
    """A Persian prefix or ending that has a space, or nothing, where a joiner belongs."""
    lists = field.ours.lexicon
    if lists is None or not lists.lists.get("joined_before"):
        return
    before, after, wrong = (
        "|".join(map(re.escape, lists.lists.get(name, ())))
        for name in ("joined_before", "joined_after", "joined_wrongly")
    )
    edge, end = f"(?<![{LETTER}])", f"(?![{LETTER}])"
    pattern = (
        rf"{edge}(?:{before}) (?=[{LETTER}])[{LETTER}]+"
        rf"|{edge}[{LETTER}]+ (?:{after}){end}"
        rf"|{edge}(?:{wrong}){end}"
    )
    found = [hit[0] for hit in re.finditer(pattern, field.ours.folded)]
    if found:
        yield {"words": ", ".join(found[:5])}


def joiners_stray(field: Field) -> Iterator[Facts]:
    """A joiner beside a space, or between letters that have none."""
    text = field.ours.text
    if not any(joiner in text for joiner in _JOINERS):
        return
    if found := _LOOSE.search(text):
        yield {"position": found.start() + 1}
        return
    for at, letter in enumerate(text):
        if letter in _JOINERS and alphabet(text[at - 1]) in {
            *_ALIKE,
            "CJK",
            "HIRAGANA",
            "KATAKANA",
        }:
            yield {"position": at + 1}
            return


def mixed(field: Field) -> Iterator[Facts]:
    """A word of letters from two alphabets that look alike."""
    found = [word for word in _WORD.findall(LINK.sub(" ", field.ours.plain)) if _is_mixed(word)]
    if found:
        yield {"words": ", ".join(found[:5])}


def _is_mixed(word: str) -> bool:
    if word.isascii():
        return False
    letters = [letter for letter in word if letter.isalpha()]
    found = {alphabet(letter) for letter in letters} & _ALIKE
    # 'μg' and 'αLactalbumin' are a unit and a name, not a trap.
    greek = letters and alphabet(letters[0]) == "GREEK" and found == {"GREEK", "LATIN"}
    return len(found) > 1 and not (greek and alphabet(letters[1]) == "LATIN")


def confusable(field: Field) -> Iterator[Facts]:
    """A written address with letters that are not ASCII: it may lead somewhere else."""
    for found in chain(LINK.finditer(field.ours.text), MAIL.finditer(field.ours.text)):
        host = found[0].split("//")[-1].split("/")[0]
        if not host.isascii():
            letter = next(letter for letter in host if not letter.isascii())
            yield {"link": found[0][:60], "letter": f"U+{ord(letter):04X}"}


def broken(field: Field) -> Iterator[Facts]:
    """Controls, private letters, and what a wrong charset leaves of letters."""
    text = field.ours.text
    seen = _UNSEEN.sub("", text).isprintable()
    for at, letter in enumerate("" if seen else text, 1):
        if unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} and letter not in _ALLOWED:
            yield {"position": at, "found": f"U+{ord(letter):04X}"}
            return
    if (found := _MOJIBAKE.search(text)) and found[0] not in field.theirs.text:
        yield {"position": found.start() + 1, "found": found[0]}
