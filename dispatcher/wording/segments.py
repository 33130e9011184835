"""A text taken apart for a translation engine, and put together again. Pure.

An engine sees one line at a time, without Markdown's marks, and with a numbered token wherever
something must come through unchanged: placeholders, links, addresses, phones, codes, and terms of
the glossary. A plural is one token, and each of its forms a line of its own. What does not bring
every token back exactly once is no translation.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dispatcher.kit.errors import Refused
from dispatcher.wording import tags
from dispatcher.wording.patterns import Pattern, Piece, Plural, write
from dispatcher.wording.placeholders import parse

TOKEN = re.compile(r"⟦(\d{1,3})⟧")
"""How a kept piece stands in the words; each engine's adapter writes it in its own way."""

_BEFORE = re.compile(r"[ \t]*(?:#{1,6} +|[-*] +|\d{1,3}[.)] +)?(?:\*\*|\*)?")
_AFTER = re.compile(r"(?:\*\*|\*)?[ \t]*$")
_KEPT = re.compile(
    r"https?://[^\s<>\"']+"  # links
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # addresses
    r"|\+?\d[\d ().-]{6,}\d"  # phones
    r"|\b(?=\w*\d)(?=\w*[A-Za-z])[\w-]{3,}\b"  # codes: L2301, AB-12
)


@dataclass(frozen=True, slots=True)
class Segment:
    """One line: Markdown's marks, the words with tokens, and what the tokens stand for."""

    before: str
    words: str
    after: str
    kept: tuple[Piece, ...]
    """What each token stands for, from the first on."""


def to_translate(
    text: str, *, locale: str, glossary: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """The words that an engine is asked for, each once, in reading order. Raises what `parse` does.

    `glossary` maps terms to the target's terms; a name that is never translated maps to itself.
    """
    pattern = parse(text, locale=locale)
    return tuple(dict.fromkeys(_asked(pattern, glossary or {})))


def put_together(
    text: str,
    translated: Mapping[str, str],
    *,
    locale: str,
    target: str,
    glossary: Mapping[str, str] | None = None,
) -> str:
    """The text in the target language, from the translations of what `to_translate` gave.

    Braces and signs that an engine made up are quoted: only what was kept is a placeholder. Raises
    Refused `wording.tokens_lost` where a translation has not brought every token back once.
    """
    pattern = parse(text, locale=locale)
    return write(_rebuilt(pattern, translated, glossary or {}, target))


def lines(text: str, *, locale: str) -> list[tuple[str, str]]:
    """(marks, words) of each line, placeholders written out: how the memory knows a line."""
    pattern = parse(text, locale=locale)
    return [
        (line.before, write(Pattern(tuple(_filled(line.words, line.kept)))))
        for line in _cut(pattern, {})
    ]


def _asked(pattern: Pattern, glossary: Mapping[str, str]) -> Iterator[str]:
    for line in _cut(pattern, glossary):
        if any(letter.isalpha() for letter in TOKEN.sub("", line.words)):
            yield line.words
        for kept in line.kept:
            if isinstance(kept, Plural):
                for _, form in kept.forms:
                    yield from _asked(form, glossary)


def _rebuilt(
    pattern: Pattern, translated: Mapping[str, str], glossary: Mapping[str, str], target: str
) -> Pattern:
    out: list[Piece] = []
    for number, line in enumerate(_cut(pattern, glossary)):
        words = translated.get(line.words, line.words)
        found = sorted(map(int, TOKEN.findall(words)))
        if found != list(range(1, len(line.kept) + 1)):
            raise Refused("wording.tokens_lost", words=line.words[:80])
        kept = [
            _plural(one, translated, glossary, target) if isinstance(one, Plural) else one
            for one in line.kept
        ]
        out += ["\n" if number else "", line.before, *_filled(words, kept), line.after]
    return Pattern(tuple(out))


def _plural(
    plural: Plural, translated: Mapping[str, str], glossary: Mapping[str, str], target: str
) -> Plural:
    """The plural with the target's own categories; a form that the source lacks is its `other`."""
    forms = dict(plural.forms)
    exact = [selector for selector in forms if selector.startswith("=")]
    wanted = [*exact, *(name for name in _ORDER if name in tags.plural_categories(target))]
    return Plural(
        plural.name,
        tuple(
            (name, _rebuilt(forms.get(name, forms["other"]), translated, glossary, target))
            for name in wanted
        ),
    )


_ORDER = ("zero", "one", "two", "few", "many", "other")


def _cut(pattern: Pattern, glossary: Mapping[str, str]) -> list[Segment]:
    """The pattern's lines."""
    found = []
    for pieces in _by_line(pattern.pieces):
        words: list[str] = []
        kept: list[Piece] = []
        for piece in pieces:
            if isinstance(piece, str):
                words.append(_protected(piece, kept, glossary))
            else:
                kept.append(piece)
                words.append(f"⟦{len(kept)}⟧")
        line = "".join(words)
        before = _BEFORE.match(line)
        start = before.end() if before else 0
        after = _AFTER.search(line, start)
        end = after.start() if after else len(line)
        found.append(Segment(line[:start], line[start:end], line[end:], tuple(kept)))
    return found


def _by_line(pieces: Sequence[Piece]) -> list[list[Piece]]:
    rows: list[list[Piece]] = [[]]
    for piece in pieces:
        if not isinstance(piece, str):
            rows[-1].append(piece)
            continue
        first, *rest = piece.split("\n")
        rows[-1].append(first)
        rows += [[one] for one in rest]
    return rows


def _protected(text: str, kept: list[Piece], glossary: Mapping[str, str]) -> str:
    """The literal text with tokens for terms, links, addresses, phones and codes."""

    def token(match: re.Match[str]) -> str:
        kept.append(glossary.get(match[0], match[0]))
        return f"⟦{len(kept)}⟧"

    terms = sorted(glossary, key=len, reverse=True)
    named = "|".join(rf"(?<!\w){re.escape(term)}(?!\w)" for term in terms)
    wanted = re.compile(f"{named}|{_KEPT.pattern}") if named else _KEPT
    return wanted.sub(token, text)


def _filled(words: str, kept: Sequence[Piece]) -> list[Piece]:
    """The words with what their tokens stand for in their place."""
    cut = TOKEN.split(words)
    return [kept[int(one) - 1] if odd % 2 else one for odd, one in enumerate(cut)]
