"""What every engine takes and gives: lines with tokens in, lines with the same tokens out. Pure."""

import re
from collections.abc import Sequence
from typing import Protocol

from dispatcher.kit.errors import Refused
from dispatcher.wording.segments import TOKEN

TIMEOUT = 15.0
"""Seconds for one request; a free engine takes about one a line."""
LARGEST = 1_000_000
"""Bytes of an answer that is read."""

_TAG = re.compile(
    r"<\s*x\s+id\s*=\s*[\"'“”]?(\d{1,3})[\"'“”]?\s*/?\s*>(?:\s*<\s*/\s*x\s*>)?", re.IGNORECASE
)
_BRACKETS = re.compile(r"[\[［]\s*[\[［]\s*([0-9٠-٩۰-۹०-९]{1,3})\s*[\]］]\s*[\]］]")


class Engine(Protocol):
    """One translation engine."""

    @property
    def name(self) -> str:
        """As settings and the journal call it."""
        ...

    def translate(self, words: Sequence[str], *, source: str, target: str) -> list[str]:
        """The lines in the target language (BCP 47 both), in order, tokens as they came.

        Raises Refused `wording.engine_*`: timeout, away, refused (with `status`), garbage,
        language (with `language`).
        """
        ...


def as_tags(words: str) -> str:
    """Tokens as empty XML elements, everything else escaped: for engines that read markup."""
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return TOKEN.sub(r'<x id="\1"/>', escaped)


def from_tags(told: str) -> str:
    """Back from `as_tags`, forgiving what engines do to quotes and spaces."""
    held = _TAG.sub(r"⟦\1⟧", told)
    for sign, name in (
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
        ("'", "&#39;"),
        ("&", "&amp;"),
    ):
        held = held.replace(name, sign)
    return held


def as_brackets(words: str) -> str:
    """Tokens as [[1]]: for engines that read plain text only."""
    return TOKEN.sub(r"[[\1]]", words)


def from_brackets(told: str) -> str:
    """Back from `as_brackets`, also from other digits and wide brackets."""
    return _BRACKETS.sub(lambda match: f"⟦{int(match[1])}⟧", told)


def told_lines(found: object, *, engine: str, count: int) -> list[str]:
    """The engine's answer as so many lines of text; else Refused `wording.engine_garbage`."""
    lines = found if isinstance(found, list) else [found]
    if len(lines) != count or not all(isinstance(one, str) and one.strip() for one in lines):
        raise Refused("wording.engine_garbage", engine=engine)
    return [str(one) for one in lines]
