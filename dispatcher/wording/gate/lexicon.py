"""The word lists of a language, `words/<locale>.toml`, and how a text is searched. Pure."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from dispatcher.wording import tags

_HOME = Path(__file__).parent / "words"

# Vowel signs and joiners are no letters to Python, yet they stand inside words.
LETTER = r"\w\u0300-\u036f\u0900-\u0963\u0966-\u097f\u200c\u200d"
_UNVOICED = re.compile("[\u0640\u064b-\u0655\u0670]")
"""Arabic vowel signs and the stretched line: 'فورًا' and 'فورا' are one word."""
_UNSEEN = re.compile("[\u200b\u200e\u200f\u061c\u2060\u2066-\u2069\ufeff]")
_PLAINLY = str.maketrans("أآ’ʼ‘", "اا'''")
_TURKISH = str.maketrans("İI", "iı")
_WORD = re.compile(rf"[{LETTER}][{LETTER}']*")
_ELIDED = re.compile(rf"[{LETTER}]+'?")
_ELIDING = frozenset({"ca", "fr", "it"})
UNSPACED = frozenset({"ja", "zh"})


def fold(text: str, locale: str) -> str:
    """The text as words are compared: one case, one apostrophe, no vowel signs, nothing unseen."""
    plain = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    if locale[:2] in {"tr", "az"}:
        plain = plain.translate(_TURKISH)
    if plain.isascii():
        return plain.lower()
    return _UNVOICED.sub("", plain.casefold().translate(_PLAINLY))


@lru_cache(2048)
def words(folded: str, locale: str) -> tuple[str, ...]:
    """The words of a folded text; French elisions are words of their own."""
    return tuple((_ELIDED if locale[:2] in _ELIDING else _WORD).findall(folded))


@dataclass(frozen=True, slots=True)
class _Entries:
    """One list, sorted by how its entries are found."""

    exact: frozenset[str]
    heads: tuple[str, ...]
    tails: tuple[str, ...]
    middles: tuple[str, ...]
    phrases: re.Pattern[str] | None


@dataclass(frozen=True)
class Lexicon:
    """What is known of a language's words."""

    locale: str
    lists: Mapping[str, tuple[str, ...]]
    numbers: Mapping[int, tuple[str, ...]]
    months: Mapping[int, tuple[str, ...]]
    currencies: Mapping[str, tuple[str, ...]]
    unsaid: frozenset[int]
    _entries: dict[str, _Entries] = field(default_factory=dict)
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)
    _counted: dict[tuple[str, str], int] = field(default_factory=dict)
    """(list, sentence) -> count: a source's sentence stands beside every translation."""
    _excepted: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def spaced(self) -> bool:
        """Whether words are set apart; if not, entries are looked for anywhere."""
        return self.locale[:2] not in UNSPACED

    def has(self, folded: str, *names: str) -> bool:
        """Whether the folded text has an entry of any of the lists."""
        return any(self.count(folded, name) for name in names)

    def count(self, folded: str, name: str) -> int:
        """How many entries of a list stand in the folded text."""
        known = self._counted.get((name, folded))
        if known is None:
            known = self._count(folded, name)
            if len(self._counted) >= _MOST_COUNTED:
                self._counted.clear()
            self._counted[name, folded] = known
        return known

    def forget(self) -> None:
        """Nothing of what was read is remembered, only the lists."""
        for held in (self._counted, self._excepted, self._known):
            held.clear()

    def _count(self, folded: str, name: str) -> int:
        entries = self._of(name)
        found = len(entries.phrases.findall(folded)) if entries.phrases else 0
        if self.spaced:
            fits = self._fits
            found += sum([fits(word, name) for word in words(folded, self.locale)])
        return found

    def without(self, folded: str, name: str) -> str:
        """The text without what the list excepts."""
        known = self._excepted.get((name, folded))
        if known is None:
            known = self._without(folded, name)
            if len(self._excepted) >= _MOST_COUNTED:
                self._excepted.clear()
            self._excepted[name, folded] = known
        return known

    def _without(self, folded: str, name: str) -> str:
        spans = _excepting(self.lists.get(name, ()), spaced=self.spaced)
        return spans.sub(" ", folded) if spans else folded

    def _fits(self, word: str, name: str) -> bool:
        known = self._known.get((name, word))
        if known is None:
            entries = self._of(name)
            known = (
                word in entries.exact
                or word.startswith(entries.heads)
                or word.endswith(entries.tails)
                or any(middle in word for middle in entries.middles)
                or (self.locale[:2] == "ar" and word[0] in "وف" and word[1:] in entries.exact)
            )
            if len(self._known) < _MOST_KNOWN:
                self._known[name, word] = known
        return known

    def _of(self, name: str) -> _Entries:
        if name not in self._entries:
            self._entries[name] = _sorted(self.lists.get(name, ()), spaced=self.spaced)
        return self._entries[name]


_MOST_COUNTED = 20_000
"""Sentences remembered a language, by list; then all are forgotten."""
_MOST_KNOWN = 20_000
"""Words remembered a language; translators' texts repeat theirs."""


def _sorted(entries: tuple[str, ...], *, spaced: bool) -> _Entries:
    if not spaced:
        return _Entries(frozenset(), (), (), (), _any(map(re.escape, _longest(entries))))
    single = [entry for entry in entries if " " not in entry]
    return _Entries(
        exact=frozenset(entry.rstrip("*") for entry in single if _exact(entry)),
        heads=tuple(entry[:-1] for entry in single if entry[-1] == "*" and not _exact(entry)
                    and entry[0] != "*"),
        tails=tuple(entry[1:] for entry in single if entry[0] == "*" and entry[-1] != "*"),
        middles=tuple(entry[1:-1] for entry in single if entry[0] == entry[-1] == "*"),
        phrases=_any(_spelled(entry) for entry in _longest(entries) if " " in entry),
    )  # fmt: skip


def _exact(entry: str) -> bool:
    """`n'*` is the elided word, whatever follows it."""
    return "*" not in entry or entry.endswith("'*")


@lru_cache(256)
def _excepting(entries: tuple[str, ...], *, spaced: bool) -> re.Pattern[str] | None:
    return _any(_spelled(entry) if spaced else re.escape(entry) for entry in _longest(entries))


def _spelled(entry: str) -> str:
    """As a pattern: a star is any letters, a space any blanks."""
    inside = re.escape(entry).replace(r"\*", f"[{LETTER}']*").replace(r"\ ", r"\s+")
    return f"(?<![{LETTER}]){inside}(?![{LETTER}])"


def _any(patterns: Iterable[str]) -> re.Pattern[str] | None:
    choices = "|".join(patterns)
    return re.compile(choices) if choices else None


def _longest(entries: tuple[str, ...]) -> list[str]:
    return sorted(entries, key=len, reverse=True)


@lru_cache(512)
def of(locale: str) -> Lexicon | None:
    """The word lists for a locale, those of its language's other regions included; None if none."""
    language, script, *_ = tags.maximal(locale).split("-")
    for name in (f"{language}_{script}", *_REGIONAL.get(language, ()), language):
        path = _HOME / f"{name}.toml"
        if path.exists():
            return _read(path, locale)
    return None


_REGIONAL: Mapping[str, tuple[str, ...]] = {"pt": ("pt_BR",)}


def _read(path: Path, locale: str) -> Lexicon:
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    named = {
        name: {
            key: tuple(fold(entry, locale) for entry in entries) for key, entries in table.items()
        }
        for name, table in written.items()
        if isinstance(table, dict)
    }
    lists = {
        name: tuple(entries if name in _AS_WRITTEN else (fold(entry, locale) for entry in entries))
        for name, entries in written.items()
        if isinstance(entries, list) and name != "unsaid"
    }
    return Lexicon(
        locale=locale,
        lists=lists,
        numbers={int(number): entries for number, entries in named.get("numbers", {}).items()},
        months={int(month): entries for month, entries in named.get("months", {}).items()},
        currencies=named.get("currencies", {}),
        unsaid=frozenset(written.get("unsaid", ())),
    )


_AS_WRITTEN = frozenset({"polite", "familiar"})
"""German 'Sie' is you, 'sie' is they: these lists are compared in the case they are written in."""


@lru_cache(1)
def neighbours() -> Mapping[str, frozenset[str]]:
    """Language -> its commonest words, for languages that are mistaken for a shipped one."""
    written = tomllib.loads((_HOME / "neighbours.toml").read_text(encoding="utf-8"))
    return {
        name: frozenset(fold(word, name) for word in table["common"])
        for name, table in written.items()
    }


@lru_cache(1)
def shipped() -> Mapping[str, Lexicon]:
    """Every language that has word lists."""
    names = (path.stem.replace("_", "-") for path in sorted(_HOME.glob("*.toml")))
    found = {name: of(name) for name in names if name != "neighbours"}
    return {name: lexicon for name, lexicon in found.items() if lexicon}
