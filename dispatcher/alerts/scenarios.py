"""What a scenario asks for: offices, severity, groups and their ladders, facts, the target.

A scenario is a TOML file, checked when it is read and frozen.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import field
from datetime import time, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from contacts import errors as contacts_errors
from contacts import segments
from dispatcher.kit.errors import Refused
from dispatcher.wording.checks import NOTHING, Asked

Element = Literal[
    "source", "hazard", "place", "time", "guidance", "impact", "contact", "next_update"
]
Part = Literal["first", "update", "correction", "all_clear"]
Channel = Literal["sms", "email", "push"]
PARTS: tuple[Part, ...] = ("first", "update", "correction", "all_clear")
CHANNELS: tuple[Channel, ...] = ("sms", "email", "push")
Severity = Literal["life_safety", "urgent", "routine"]
Fallback = Literal["block", "default_language", "default_with_link", "bilingual"]
STANCES = ("", "admits", "regrets")
FactType = Literal[
    "text", "number", "money", "date", "time", "datetime",
    "duration", "phone", "link", "email", "place", "list",
]  # fmt: skip
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Channels = Annotated[tuple[Channel, ...], Field(min_length=1)]
_KNOWN = re.compile(r"[a-z][a-z0-9_]*")
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, config=_STRICT)
class Step:
    """One stage of a ladder: the first usable channel, or all of them.

    The first goes to everybody at once; each later one, `after` so long from the launch, to those
    who have not acknowledged (or, `unless` delivered, got nothing).
    """

    channels: Channels
    take: Literal["first", "all"] = "first"
    after: timedelta | None = None
    unless: Literal["acknowledged", "delivered"] = "acknowledged"


@dataclass(frozen=True, slots=True, config=_STRICT)
class Group:
    """Stakeholders who are told in the same words; empty roles take everybody who is left."""

    name: Name
    roles: tuple[str, ...]
    ladder: Annotated[tuple[Step, ...], Field(min_length=1)]

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel of the ladder, each once, in order."""
        return tuple(dict.fromkeys(name for step in self.ladder for name in step.channels))


@dataclass(frozen=True, slots=True, config=_STRICT)
class QuietHours:
    """Hours of the reader's own clock in which a routine message waits.

    `from` later than `to` spans midnight. No channels: all of them. `parts` wait whatever the
    severity is.
    """

    start: Annotated[time, Field(alias="from")]
    end: Annotated[time, Field(alias="to")]
    channels: tuple[Channel, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, config=_STRICT)
class Escalation:
    """When less than `share` per cent have answered `within` so long, others are told.

    Counted in the group `of` (none: everybody). Told are those of an audience (`to`), or the
    deputies of an office, whom the registry knows by the attribute `operator`.
    """

    share: Annotated[int, Field(ge=1, le=100)]
    within: timedelta
    of: str = ""
    to: str = ""
    office: str = ""
    channels: tuple[Channel, ...] = ()
    take: Literal["first", "all"] = "first"


@dataclass(frozen=True, slots=True, config=_STRICT)
class FactWanted:
    """A fact that the wordings of the scenario may name."""

    name: Name
    type: FactType
    about: str = ""  # msgid
    required: bool = True
    scoped: bool = False
    parts: tuple[Part, ...] = PARTS


@dataclass(frozen=True, slots=True, config=_STRICT)
class Asks:
    """What texts of some parts, groups and channels (none named: all) are asked for.

    All entries that fit a text hold for it together. `keep` are names that are never translated,
    `elements` of `wording.gate.manner.ELEMENTS`.
    """

    parts: tuple[Part, ...] = PARTS
    groups: tuple[Name, ...] = ()
    channels: tuple[Channel, ...] = CHANNELS
    keep: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    honorific: bool = False
    empathy: bool = False
    elements: frozenset[Element] = frozenset()


@dataclass(frozen=True, slots=True, config=_STRICT)
class Objective:
    """The target: first message after launch, and `share` per cent of each region within."""

    first_message: timedelta
    share: Annotated[int, Field(ge=1, le=100)]
    within: timedelta


@dataclass(frozen=True, slots=True, config=_STRICT)
class Scenario:
    """One kind of crisis, as the organisation prepared for it."""

    key: Name
    title: str  # msgid
    severity: Severity
    offices: Annotated[tuple[Name, ...], Field(min_length=1)]
    kind: Literal["safety", "service", "news"]
    fallback: Fallback
    default_language: str
    expires_after: timedelta
    target: Objective
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    no_language: Literal["region", "default"] = "region"
    """Whether people of whom no language is known are told in their country's main one."""
    four_eyes: bool = True
    """Whether who wrote a text last may not be the one who accepts it."""
    facts: tuple[FactWanted, ...] = field(default=())
    quiet_hours: QuietHours | None = None
    escalation: Escalation | None = None
    asks: tuple[Asks, ...] = ()
    """What the texts must have beside what every text must have."""

    def fact(self, name: str) -> FactWanted:
        """The wanted fact of this name. Raises `alerts.unknown_fact`."""
        for wanted in self.facts:
            if wanted.name == name:
                return wanted
        known = ", ".join(sorted(wanted.name for wanted in self.facts))
        raise Refused("alerts.unknown_fact", name=name, known=known)

    def wording_key(self, part: str, group: str) -> str:
        """The key under which the wordings of a part for a group are kept."""
        return f"{self.key}.{part}.{group}"

    def asked(self, part: str, group: str, channel: str) -> Asked:
        """What the texts of a part for a group are asked for in a channel."""
        told = NOTHING
        for asks in self.asks:
            if (
                part in asks.parts
                and group in (asks.groups or (group,))
                and (channel in asks.channels)
            ):
                told = told.joined(
                    Asked(
                        keep=asks.keep,
                        honorific=asks.honorific,
                        empathy=asks.empathy,
                        elements=frozenset(asks.elements),
                    )
                )
        return told


_ADAPTER = TypeAdapter(Scenario)


def parse(text: str, *, source: str) -> Scenario:
    """A scenario from TOML; `source` names the file in errors.

    Raises `alerts.scenario_unreadable` (not TOML) and `alerts.scenario_wrong` (where and what).
    """
    try:
        scenario = _ADAPTER.validate_python(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Refused("alerts.scenario_unreadable", source=source, what=str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise Refused(
            "alerts.scenario_wrong", source=source, where=where, what=first["msg"]
        ) from None
    _check_whole(scenario, source=source)
    return scenario


def _check_whole(scenario: Scenario, *, source: str) -> None:
    """What single fields cannot show: names once, and a last group that takes the rest."""
    for where, names in (
        ("groups", [group.name for group in scenario.groups]),
        ("facts", [wanted.name for wanted in scenario.facts]),
        ("offices", list(scenario.offices)),
    ):
        if len(set(names)) < len(names):
            raise Refused("alerts.scenario_wrong", source=source, where=where, what="named twice")
    for group in scenario.groups[:-1]:
        if not group.roles:
            where = f"groups.{group.name}"
            raise Refused("alerts.scenario_wrong", source=source, where=where, what="no roles")
    for where, what in (*_later(scenario), *_asked(scenario)):
        raise Refused("alerts.scenario_wrong", source=source, where=where, what=what)


def _asked(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """What is wrong with what texts are asked for: where, and what."""
    known = {group.name for group in scenario.groups}
    for number, asks in enumerate(scenario.asks):
        if strangers := sorted(set(asks.groups) - known):
            yield f"asks.{number}.groups", f"no such group: {strangers[0]}"
        if any(term != term.strip() for term in asks.keep):
            yield f"asks.{number}.keep", "blanks at the edge of a term"


def _later(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """What is wrong with pauses, quiet hours and the escalation: where, and what."""
    for group in scenario.groups:
        first, *later = [step.after for step in group.ladder]
        if first is not None:
            yield f"groups.{group.name}.ladder", "the first step has no `after`"
        if None in later or later != sorted(set(later), key=lambda pause: pause or timedelta(0)):
            yield f"groups.{group.name}.ladder", "each later step has an `after`, and they rise"
    quiet, asked = scenario.quiet_hours, scenario.escalation
    if quiet and quiet.start == quiet.end:
        yield "quiet_hours", "`from` and `to` are the same"
    if asked and bool(asked.to) == bool(asked.office):
        yield "escalation", "either `to` or `office`"
    if asked and asked.of and asked.of not in {group.name for group in scenario.groups}:
        yield "escalation.of", "no such group"
    if asked and asked.to:
        try:
            segments.parse(asked.to)
        except contacts_errors.Refused as error:
            yield "escalation.to", error.code


@cache
def names() -> tuple[str, ...]:
    """Keys of the scenarios that are shipped, sorted."""
    shelf = files("dispatcher.alerts") / "scenarios"
    return tuple(sorted(f.name[:-5] for f in shelf.iterdir() if f.name.endswith(".toml")))


@cache
def load(key: str) -> Scenario:
    """The scenario of this key. Raises `alerts.unknown_scenario`, and what `parse` raises."""
    if not _KNOWN.fullmatch(key) or key not in names():
        raise Refused("alerts.unknown_scenario", scenario=key, known=", ".join(names()))
    path = files("dispatcher.alerts") / "scenarios" / f"{key}.toml"
    return parse(path.read_text(encoding="utf-8"), source=path.name)
