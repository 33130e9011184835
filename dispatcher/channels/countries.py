"""What countries ask of text messages: dated lines with sources, and a lint for a text. Pure."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from dispatcher.kit.errors import Refused
from dispatcher.wording.patterns import Pattern

SHIPPED = Path(__file__).with_name("countries.toml")
Rule = Literal["links", "phones", "sender", "replies", "hours", "receipts"]
_SAYS: Mapping[str, re.Pattern[str]] = {
    "links": re.compile("refused|registered"),
    "phones": re.compile("refused"),
    "sender": re.compile("registered|numeric"),
    "replies": re.compile("none"),
    "hours": re.compile(r"[0-2]\d:[0-5]\d-[0-2]\d:[0-5]\d"),
    "receipts": re.compile("partial"),
}


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Line:
    """One rule of one country, the page that says so, and the day on which it was read."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    rule: Rule
    says: str
    source: Annotated[str, Field(pattern=r"^https://\S+$|^own: \S")]
    read: date
    of: Literal["", "safety", "service", "news"] = ""
    """The kind of message for which it holds; '': all."""


Rules = Mapping[str, Mapping[str, Line]]
"""Country (ISO 3166-1) -> rule -> its line; what is not here is not known."""

_ADAPTER = TypeAdapter(tuple[Line, ...])


def parse(text: str, *, source: str) -> tuple[Line, ...]:
    """The lines of a TOML file. Raises Refused `channels.rules_wrong` with `source` and `where`."""
    try:
        lines = _ADAPTER.validate_python(tomllib.loads(text).get("line", ()))
    except tomllib.TOMLDecodeError as error:
        raise Refused("channels.rules_wrong", source=source, where=str(error)) from None
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise Refused("channels.rules_wrong", source=source, where=where) from None
    for number, line in enumerate(lines):
        if not _SAYS[line.rule].fullmatch(line.says):
            raise Refused("channels.rules_wrong", source=source, where=f"{number}.says")
    return lines


@cache
def rules(own: str = "") -> Rules:
    """The shipped lines, and those of the file `own`, which stand before them.

    Raises Refused `channels.rules_wrong`, also when the file cannot be read.
    """
    lines = parse(SHIPPED.read_text(encoding="utf-8"), source=SHIPPED.name)
    if own:
        try:
            lines += parse(Path(own).read_text(encoding="utf-8"), source=Path(own).name)
        except (OSError, UnicodeDecodeError) as error:
            where = type(error).__name__
            raise Refused("channels.rules_wrong", source=own, where=where) from None
    held: dict[str, dict[str, Line]] = {}
    for line in lines:
        held.setdefault(line.country, {})[line.rule] = line
    return held


def lint(country: str, *, pattern: Pattern, kind: str, rules: Rules) -> Iterator[Line]:
    """The lines that keep this text, or an answer to it, from arriving in the country.

    A sender is the account's own matter and is left to `senders`.
    """
    types = {slot.type for slot in pattern.slots}
    asks = {"links": "link" in types, "phones": "phone" in types}
    for line in rules.get(country, {}).values():
        if line.of in ("", kind) and (asks.get(line.rule) or line.rule in ("hours", "receipts")):
            yield line


def senders(country: str, sender: str, *, rules: Rules) -> Iterator[Line]:
    """The line that speaks against this sender (+number, name, or a service's id) there."""
    line = rules.get(country, {}).get("sender")
    named = not sender.startswith("+") and not re.fullmatch(r"MG[0-9a-f]{32}|\d{3,8}", sender)
    if line is not None and named:
        yield line
