"""The last lock before a log line is written: what looks like an address or a key is blotted out.

We log ids and counts. But an error of PostgreSQL quotes the row that it refuses, a library logs the
path that it asked for, and a path may be a reader's signed link.
"""

import re
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Final

_BLOT: Final = "…"
# Every repetition that may fail at its end has an end: a stranger's path of 60,000 letters in a
# log line held a whole web process for 40 s.
_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
_WORD: Final = r"(DETAIL|CONTEXT|HINT|LINE \d+|QUERY)"
_RULES: Final[tuple[_Rule, ...]] = (
    # PostgreSQL's own words about rows: DETAIL: Key (value)=(…), CONTEXT: COPY …, line 3: "…". As
    # they are, behind the bars of an exception group, and with \n written out in a repr.
    (re.compile(rf"\\n{_WORD}: [^\n]*"), rf"\\n\1: {_BLOT}"),
    (
        re.compile(
            rf"^([ \t|]*){_WORD}: .*?(?=^[ \t|]*{_WORD}: |^[ \t|]*\+-|^[ \t|]*The above exception|"
            r"^[ \t|]*During handling|\Z)",
            re.MULTILINE | re.DOTALL,
        ),
        rf"\1\2: {_BLOT}\n",
    ),
    (re.compile(r"(invalid input (?:syntax|value)[^:\n]{0,200}:)[^\n]*"), rf"\1 {_BLOT}"),
    # redis://:password@host, smtp://user:password@host
    (re.compile(r"(://)[^/\s@:]{0,200}:[^/\s@]{1,500}@"), rf"\1{_BLOT}@"),
    (re.compile(r"[^\s@<>\"'(=/:…]{1,64}@[^\s@<>\"')/:]{1,255}\.\w+"), "[mail]"),
    (re.compile(r"(?:\+|%2[Bb])\d{7,15}"), "[phone]"),
    (re.compile(r"(?i)\b(bearer|basic) [\w.~+/=-]{8,}"), rf"\1 {_BLOT}"),
    # A reader's link answers in their name, an operator's signs in, an endpoint reaches a browser.
    (re.compile(r"(/(?:a|enter)/)[^\s/?\"']{8,}"), rf"\1{_BLOT}"),
    (
        re.compile(
            r"(https?://[^/\s\"']{0,255}(?:push|fcm)[^/\s\"']{0,255}/)[^\s\"']+", re.IGNORECASE
        ),
        rf"\1{_BLOT}",
    ),
)


def blotted(text: str) -> str:
    """The text without addresses, keys, and rows that a database quotes."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text


def blot(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """For structlog: every text of an event, whoever logged it."""
    for name, value in event.items():
        if name not in {"timestamp", "level", "logger"}:
            event[name] = _inside(value)
    return event


def _inside(value: Any) -> Any:
    if isinstance(value, str):
        return blotted(value)
    if isinstance(value, Mapping):
        return {name: _inside(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_inside(one) for one in value]
    if isinstance(value, bool | int | float) or value is None:
        return value
    return blotted(str(value))
