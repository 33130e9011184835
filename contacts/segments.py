"""The grammar of audiences: a sentence -> a tree -> a condition with parameters; pure.

    role in (customer, retailer) and region in EU and language = de and not tag = contractor

| field | meaning |
|---|---|
| `role`, `tag` | has it |
| `region` | lives inside: a CLDR code or `own:nordics`; `none` is not known |
| `language` | reads it by preference (the first one); `none` is nothing set |
| `reads` | reads it at all |
| `culture` | belongs to the culture of that name |
| `attr.NAME` | the attribute has this value; missing is "" |
| `confirmed` | last confirmed before or after a day (`<` `<=` `>` `>=`), or `= never` |
| `everyone` | stands alone |

`=`, `!=`, `in (…)`, `not in (…)`, `not`, `and`, `or` (weakest), parentheses; a value of more than
letters, digits and `-_.:` stands in double quotes, where `""` is one.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Final, NoReturn

from contacts import languages, territories
from contacts.errors import Refused

NONE: Final = "none"
NEVER: Final = "never"
OWN: Final = "own:"
_NAMES: Final = ("role", "region", "language", "reads", "tag", "culture", "confirmed", "everyone")
_WORDS: Final = ("and", "or", "not", "in")
_ORDERS: Final = ("<", "<=", ">", ">=")
_BARE: Final = re.compile(r"[\w\-.:]+\Z")
_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"]|"")*")|(?P<mark><=|>=|!=|[=<>(),])|(?P<word>[\w\-.:]+))"""
)
# What to try where the known words are too many to name.
_EXAMPLES: Final = {"region": "EU, DE, US-CA, own:…", "language": "en, fa, pt-BR, zh-Hant"}
_LONGEST: Final = 20_000  # characters: a list of every country in the world has 1,500
# The stack of the parser and of PostgreSQL: nobody's audience is nested deeper than this.
_DEEPEST: Final = 50


@dataclass(frozen=True, slots=True)
class Everyone:
    """All people of the registry."""


@dataclass(frozen=True, slots=True)
class Is:
    """One field compared with one or several values; `sign` is `=`, `in` or an order."""

    name: str
    sign: str
    values: tuple[str, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    of: "Expression"


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    of: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    of: "tuple[Expression, ...]"


Expression = Everyone | Is | Not | All | Any


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that this organisation has: what a sentence may name beside CLDR's codes."""

    roles: Collection[str]
    own_regions: Collection[str]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str, *, words: Vocabulary | None = None) -> Expression:
    """The tree of a sentence; without `words` roles and own regions are taken as they come.

    Raises `contacts.segment_*`, each with its place as `position` (from 0) and as `character`
    (from 1, for people), most with what was `found`, and where a word was wrong with the `nearest`
    right one ('' when none is near) and with words to try as `known`.
    """
    return _Parser(text, words).whole()


def render(tree: Expression) -> str:
    """The sentence of a tree, in canonical form; parsing it gives the tree again."""
    match tree:
        case Everyone():
            return "everyone"
        case Is(name, "in", values):
            return f"{name} in ({', '.join(map(_quoted, values))})"
        case Is(name, sign, values):
            return f"{name} {sign} {_quoted(values[0])}"
        case Not(of):
            return f"not {_inner(of)}"
        case All(of):
            return " and ".join(map(_inner, of))
        case Any(of):
            return " or ".join(
                _inner(part) if isinstance(part, Any) else render(part) for part in of
            )


def _inner(tree: Expression) -> str:
    """A part inside a stronger word: in parentheses where it would fall apart."""
    return f"({render(tree)})" if isinstance(tree, All | Any) else render(tree)


def _quoted(value: str) -> str:
    """Bare where the grammar can read it back."""
    plain = _BARE.match(value) and value.casefold() not in _WORDS
    return value if plain else '"' + value.replace('"', '""') + '"'


def own_regions(tree: Expression) -> Iterator[str]:
    """The own regions that a tree names, without their prefix."""
    match tree:
        case Is("region", _, values):
            yield from (v.removeprefix(OWN) for v in values if v.startswith(OWN))
        case Not(of):
            yield from own_regions(of)
        case All(of) | Any(of):
            for part in of:
                yield from own_regions(part)


class _Parser:
    """Recursive descent over the tokens of one sentence."""

    def __init__(self, text: str, words: Vocabulary | None) -> None:
        if len(text) > _LONGEST:
            raise _at("long", _LONGEST, most=_LONGEST)
        self.text = text
        self.words = words
        self.tokens = list(_tokens(text))
        self.depth = 0

    def whole(self) -> Expression:
        tree = self._any()
        if self.next.kind != "end":
            self._expected("and, or")
        return tree

    @property
    def next(self) -> _Token:
        return self.tokens[0]

    def _take(self) -> _Token:
        return self.tokens.pop(0)

    def _sees(self, *words: str) -> bool:
        """Whether these words or marks come next."""
        coming = self.tokens[: len(words)]
        return tuple(t.text.casefold() for t in coming if t.kind != "quoted") == words

    def _takes(self, word: str) -> bool:
        """Take the next token when it is this word or mark."""
        found = self._sees(word)
        if found:
            self._take()
        return found

    def _any(self) -> Expression:
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all(self) -> Expression:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self) -> Expression:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _at("deep", self.next.at, most=_DEEPEST)
        tree = Not(self._one()) if self._takes("not") else self._group()
        self.depth -= 1
        return tree

    def _group(self) -> Expression:
        opened = self.next.at
        if not self._takes("("):
            return self._comparison()
        tree = self._any()
        if not self._takes(")"):
            raise _at("open", opened)
        return tree

    def _comparison(self) -> Expression:
        if self.next.kind != "word":
            self._expected(", ".join((*_NAMES, "attr.…")))
        token = self._take()
        name = _field(token)
        if name == "everyone":
            return Everyone()
        if self._sees("not", "in"):
            self._take()
            return Not(self._comparison_of(name, token.at))
        return self._comparison_of(name, token.at)

    def _comparison_of(self, name: str, at: int) -> Expression:
        if self._takes("in"):
            return Is(name, "in", tuple(dict.fromkeys(self._list(name))), at)
        if self._takes("="):
            return Is(name, "=", (self._value(name),), at)
        if self._takes("!="):
            return Not(Is(name, "=", (self._value(name),), at))
        if name == "confirmed" and any(map(self._sees, _ORDERS)):
            return Is(name, self._take().text, (self._day(),), at)
        return self._expected("=, !=, in" + (", <, <=, >, >=" if name == "confirmed" else ""))

    def _list(self, name: str) -> Iterator[str]:
        opened = self.next.at
        if not self._takes("("):
            yield self._value(name)
            return
        yield self._value(name)
        while self._takes(","):
            yield self._value(name)
        if not self._takes(")"):
            raise _at("open", opened)

    def _value(self, name: str) -> str:
        if self.next.kind not in {"word", "quoted"}:
            self._expected(NEVER if name == "confirmed" else "a value")
        token = self._take()
        if token.kind == "word" and token.text.casefold() in _WORDS:
            raise _wrong("expected", token, expected="a value")
        return _value(name, token, self.words)

    def _day(self) -> str:
        token = self._take()
        try:
            return date.fromisoformat(token.text).isoformat()
        except ValueError:
            raise _at("day", token.at, found=token.text) from None

    def _expected(self, expected: str) -> NoReturn:
        raise _wrong("end" if self.next.kind == "end" else "expected", self.next, expected=expected)


def _tokens(text: str) -> Iterator[_Token]:
    """Words, marks and quoted values with their places; then `end`."""
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if not found:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise _at("quote" if text[at] == '"' else "letter", at, found=text[at])
        kind = found.lastgroup or ""
        word = found[kind]
        word = word[1:-1].replace('""', '"') if kind == "quoted" else word
        yield _Token(kind, word, found.start(kind))
        at = found.end()
    yield from [_Token("end", "", len(text))] * 2


def _field(token: _Token) -> str:
    """The field of a comparison."""
    name = token.text.casefold()
    if name.startswith("attr.") and len(name) > len("attr."):
        return "attr." + token.text[len("attr.") :]
    if name in _NAMES:
        return name
    raise _wrong("field", token, near=_NAMES)


def _value(name: str, token: _Token, words: Vocabulary | None) -> str:
    """A value in canonical form, known where the field knows its values."""
    text = token.text
    match name:
        case "role":
            key = text.casefold()
            if words is not None and key not in words.roles:
                raise _wrong("role", token, near=words.roles)
            return key
        case "region":
            return _region(token, words)
        case "language" | "reads":
            return _language(token)
        case "confirmed":
            if text.casefold() != NEVER:
                raise _wrong("expected", token, expected=NEVER)
            return NEVER
        case "tag" | "culture":
            return text.casefold()
        case _:
            return text


def _region(token: _Token, words: Vocabulary | None) -> str:
    folded = token.text.casefold()
    if folded == NONE:
        return NONE
    if folded.startswith(OWN):
        own = [] if words is None else [OWN + key for key in words.own_regions]
        if words is not None and folded not in own:
            raise _wrong("region", token, near=own)
        return folded
    try:
        return territories.named(token.text) or territories.canonical(token.text)
    except Refused:
        raise _wrong("region", token, near=territories.known()) from None


def _language(token: _Token) -> str:
    if token.text.casefold() == NONE:
        return NONE
    try:
        return languages.tag(token.text)
    except Refused:
        raise _wrong("language", token, near=languages.common()) from None


def _wrong(
    what: str,
    token: _Token,
    *,
    near: Collection[str] = (),
    expected: str = "",
) -> Refused:
    """The error at a token, with the nearest word that would have been right."""
    folded = {word.casefold(): word for word in sorted(near)}
    close = get_close_matches(token.text.casefold(), folded, n=1, cutoff=0.6)
    nearest = folded[close[0]] if close else ""
    known = nearest or _EXAMPLES.get(what) or ", ".join(near)
    facts = {"found": token.text, "nearest": nearest, "known": known, "expected": expected}
    return _at(what, token.at, **facts)


def _at(what: str, position: int, **facts: object) -> Refused:
    """The error at a place."""
    return Refused(f"contacts.segment_{what}", position=position, character=position + 1, **facts)
