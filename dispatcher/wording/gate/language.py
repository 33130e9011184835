"""Checks of the language: script, letters, commonest words, nothing of the source's left. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from dispatcher.wording import tags
from dispatcher.wording.gate import lexicon
from dispatcher.wording.gate.finding import Facts, Field
from dispatcher.wording.gate.lexicon import fold
from dispatcher.wording.letters import FOREIGN, SCRIPTS

MOSTLY = 0.6
"""Of the letters; what is left is for brand names and words like SMS."""
FEW = 8
"""Letters; a text of fewer says nothing of its script."""
LEAST = 3
"""Words of another language alone, before a text is taken for it."""
RUN = 4
"""Words in a row that stand in the source too, and are no name."""


def script(field: Field) -> Iterator[Facts]:
    """Most letters are not of the script that the locale is written in."""
    expected = SCRIPTS.get(tags.script(field.locale))
    found = Counter(map(alphabet, field.ours.letters))
    if expected is None or found.total() < FEW:
        return
    fitting = sum(n for name, n in found.items() if name in expected)
    if fitting < MOSTLY * found.total():
        yield {"script": found.most_common(1)[0][0].title()}


def script_unchecked(field: Field) -> Iterator[Facts]:
    """A script that is not known here."""
    if tags.script(field.locale) not in SCRIPTS:
        yield {"script": tags.script(field.locale)}


def strangers(field: Field) -> Iterator[Facts]:
    """Letters of a neighbouring language: Arabic yeh in Persian, simplified in traditional."""
    foreign = FOREIGN.get(field.locale, frozenset())
    if found := sorted(foreign & set(field.ours.letters)):
        yield {"letters": " ".join(found)}


def copied(field: Field) -> Iterator[Facts]:
    """The text is the source's own."""
    ours, theirs = field.ours.pattern.letters.split(), field.theirs.pattern.letters.split()
    # One word alone may be the same: 'information' is French too.
    if not _related(field) and ours == theirs and sum(map(_spoken, ours)) > 1:
        yield {}


def other_language(field: Field) -> Iterator[Facts]:
    """More words of a similar language than of the declared one."""
    own = _common().get(_key(field.locale))
    if own is None:
        return
    if taken := _taken_for(field, own):
        yield {"language": taken}


def _taken_for(field: Field, own: frozenset[str]) -> str:
    if field.locale.startswith("ja"):
        letters = Counter(map(alphabet, field.ours.letters))
        kana = letters["HIRAGANA"] + letters["KATAKANA"]
        return "zh" if letters["CJK"] > FEW and not kana else ""
    if field.locale.startswith("zh"):
        letters = Counter(map(alphabet, field.ours.letters))
        return "ja" if letters["HIRAGANA"] > LEAST else ""
    heard = Counter(field.ours.words)
    theirs: Counter[str] = Counter()
    for word in heard.keys() - own:
        for name in _speakers().get(word, ()):
            theirs[name] += heard[word]
    for name, words in _common().items():
        if theirs[name] < LEAST or name == _key(field.locale):
            continue
        if theirs[name] > 3 * sum(heard[word] for word in own - words):
            return name
    return ""


def left(field: Field) -> Iterator[Facts]:
    """A run of the source's words that nobody has translated."""
    common = _common().get(_key(field.theirs.locale))
    if _related(field) or common is None:
        return
    kept = {word for term in field.asked.keep for word in fold(term, field.theirs.locale).split()}
    run = _longest_run(_runs(field.theirs.plain, field.theirs.locale), field, kept)
    if len(run) >= RUN and sum(word in common for word in run) >= 2:  # noqa: PLR2004  # no name has two
        yield {"words": " ".join(run)[:80]}


def _longest_run(source: list[str], field: Field, kept: set[str]) -> list[str]:
    """The longest row of words that both texts have; names that must stay end a row."""
    ours = _runs(field.ours.plain, field.theirs.locale)
    if source == ours or len(set(source) & set(ours)) < RUN:
        return []
    places: dict[str, list[int]] = {}
    for at, word in enumerate(ours):
        places.setdefault(word, []).append(at)
    best: list[str] = []
    lengths: dict[int, int] = {}
    for at, word in enumerate(source):
        new = {}
        for place in places.get(word, [])[:50] if word not in kept else []:
            new[place] = lengths.get(place - 1, 0) + 1
            if new[place] > len(best):
                best = source[at + 1 - new[place] : at + 1]
        lengths = new
    return best


_SPOKEN = re.compile(r"[^\W\d_]+")


def _runs(plain: str, locale: str) -> list[str]:
    return _SPOKEN.findall(fold(plain, locale))


def _related(field: Field) -> bool:
    return tags.script(field.locale) == tags.script(field.theirs.locale) and (
        field.locale.split("-")[0] == field.theirs.locale.split("-")[0]
    )


@lru_cache(4096)
def alphabet(letter: str) -> str:
    """The first word of the letter's Unicode name, which is its script: LATIN, CYRILLIC, CJK."""
    return unicodedata.name(letter, "").split(" ")[0].split("-")[0]


def _spoken(word: str) -> bool:
    return any(map(str.isalpha, word))


@lru_cache(1)
def _common() -> dict[str, frozenset[str]]:
    known = {
        _key(name): frozenset(entry.rstrip("*") for entry in lists.lists.get("common", ()))
        for name, lists in lexicon.shipped().items()
    }
    return {**known, **lexicon.neighbours()}


@lru_cache(1)
def _speakers() -> dict[str, tuple[str, ...]]:
    """Word -> the languages among whose commonest words it is."""
    found: dict[str, tuple[str, ...]] = {}
    for name, words in _common().items():
        for word in words:
            found[word] = (*found.get(word, ()), name)
    return found


@lru_cache(512)
def _key(locale: str) -> str:
    language = tags.maximal(locale).split("-")[0]
    return tags.maximal(locale)[:7] if language == "zh" else language
