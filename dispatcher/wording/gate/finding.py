"""What a check is given, and what it gives. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache

from dispatcher.wording.gate import lexicon
from dispatcher.wording.gate.lexicon import Lexicon, fold
from dispatcher.wording.placeholders import Pattern, Plural, parse


class Severity(StrEnum):
    """What a finding means for the text."""

    REFUSE = "refuse"
    """It is not sent."""
    WARN = "warn"
    """A person should look."""
    NOTE = "note"
    """Worth knowing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `facts` names the field and whatever the sentence tells."""

    code: str
    severity: Severity
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Price:
    """What a carrier charges for one part of a text message."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an alert asks of its texts beside what every text must be."""

    keep: tuple[str, ...] = ()
    """Terms that are never translated: brands, names of products."""
    glossary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Term in the source -> what it may be called in the translation; case does not matter."""
    forbidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Term in the source -> what the organisation never calls it in the translation."""
    honorific: bool = False
    empathy: bool = False
    elements: frozenset[str] = frozenset()
    """Of `completeness.ELEMENTS`: what the message must say in this channel."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1: where its readers are; their prices are looked for."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """Country -> price of one part, as the operator has entered it."""

    def joined(self, other: "Asked") -> "Asked":
        """What both ask for; of two glossaries the names of either."""
        return Asked(
            keep=tuple(dict.fromkeys((*self.keep, *other.keep))),
            glossary=_merged(self.glossary, other.glossary),
            forbidden=_merged(self.forbidden, other.forbidden),
            honorific=self.honorific or other.honorific,
            empathy=self.empathy or other.empathy,
            elements=self.elements | other.elements,
            countries=tuple(dict.fromkeys((*self.countries, *other.countries))),
            prices={**self.prices, **other.prices},
        )


def _merged(
    one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    return {
        term: tuple(dict.fromkeys((*one.get(term, ()), *other.get(term, ()))))
        for term in (*one, *other)
    }


NOTHING = Asked()

SLOT = "\ufffc"
"""Stands in a plain text where a placeholder was."""
_MARKUP = re.compile(r"[*_`>#|]+|\\(?=\W)")
_SENTENCES = re.compile(
    rf"(?<=[。！？；])|(?<=[;؛])\s+|(?<=[.!?।؟])(?<!\s\d\.)(?<!\s\d\d\.)\s+(?![a-zа-яё(\d{SLOT}])"
)


class Side:
    """One text in one language, with all that is read off it once."""

    def __init__(self, text: str, locale: str) -> None:
        """Raises Refused as `parse` does."""
        self.text, self.locale = text, locale
        self.pattern = parse(text, locale=locale)

    @cached_property
    def lexicon(self) -> Lexicon | None:
        """The language's word lists, if there are any."""
        return lexicon.of(self.locale)

    @cached_property
    def plain(self) -> str:
        """The letters with a sign for each placeholder; of plural forms the one for 'other'."""
        return _plain(self.pattern)

    @cached_property
    def letters(self) -> str:
        """The letters alone, those of every plural form."""
        return "".join(filter(str.isalpha, self.pattern.letters))

    @cached_property
    def folded(self) -> str:
        """The plain text as words are compared."""
        return fold(self.plain, self.locale)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The folded words."""
        return tuple(lexicon.words(self.folded, self.locale))

    @cached_property
    def lines(self) -> tuple[tuple[str, ...], ...]:
        """Lines that say something, each as its folded sentences."""
        lines = (tuple(self._sentences(line)) for line in self.plain.split("\n"))
        return tuple(line for line in lines if line)

    def _sentences(self, line: str) -> Iterator[str]:
        for sentence in _SENTENCES.split(_MARKUP.sub("", line)):
            if sentence and any(map(str.isalpha, sentence)):
                yield fold(sentence, self.locale)


def _plain(pattern: Pattern) -> str:
    out = []
    for piece in pattern.pieces:
        if isinstance(piece, str):
            out.append(piece)
        elif isinstance(piece, Plural):
            out.append(_plain(dict(piece.forms)["other"]))
        else:
            out.append(SLOT)
    return "".join(out)


@lru_cache(512)
def side(text: str, locale: str) -> Side:
    """A text, read; remembered, since one source stands beside every translation."""
    return Side(text, locale)


def forget() -> None:
    """Nothing of the texts is remembered: for who wants to know what reading them costs."""
    side.cache_clear()
    lexicon.words.cache_clear()
    for lists in lexicon.shipped().values():
        lists.forget()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a text beside the same field of its source, both read."""

    name: str
    channel: str
    ours: Side
    """The translation."""
    theirs: Side
    """The source."""
    asked: Asked = NOTHING
    others: tuple["Field", ...] = ()
    """All fields of the wording; only the main one has them."""

    @property
    def locale(self) -> str:
        """Of the translation, BCP 47."""
        return self.ours.locale

    @property
    def markdown(self) -> bool:
        """Whether the field is written in Markdown."""
        return (self.channel, self.name) == ("email", "body")


Facts = dict[str, object]


@dataclass(frozen=True, slots=True)
class Check:
    """A row of the gate: one code, one severity, and how to look."""

    code: str
    severity: Severity
    look: Callable[[Field], Iterator[Facts]]
