"""The frozen plan of a dispatch: all that fan-out needs to know, as plain values."""

from dataclasses import dataclass, field
from datetime import time
from typing import Any, Literal

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a ladder; `first` takes the first channel that can be used, `all` every one.

    `after`: seconds from the launch; the first step has none. A later one goes to those who have
    not acknowledged (or, `unless` delivered, got nothing), by channels that have not told them yet.
    """

    channels: tuple[str, ...]
    take: Literal["first", "all"] = "first"
    after: int | None = None
    unless: Literal["acknowledged", "delivered"] = "acknowledged"


@dataclass(frozen=True, slots=True)
class Group:
    """A stakeholder group: people of any of `roles` (none: everybody else) and how they are told.

    `wordings` maps channel -> language (BCP 47) -> wording version id.
    """

    name: str
    roles: tuple[str, ...]
    ladder: tuple[Step, ...]
    wordings: dict[str, dict[str, int]]
    variants: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    """Channel -> variant's name -> the same, for readers whom it fits (wording.choosing)."""


@dataclass(frozen=True, slots=True)
class FrozenFact:
    """A fact as it was approved; empty region or language: for everybody."""

    name: str
    type: str
    value: str
    region: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """The objective: seconds to the first message; `share` per cent of a region within seconds."""

    first_message: int
    share: int
    within: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the reader's own clock in which these channels wait; `end` is the first that may.

    From 21:00 to 08:00 spans midnight. No channels: all of them.
    """

    start: time
    end: time
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalation:
    """To whom it goes when, `within` seconds of the launch, less than `share` per cent answered.

    Counted among the people of the group `of` (none: all); `to` is an audience as a sentence;
    `step` None: each by the first step of their own group.
    """

    share: int
    within: int
    to: str
    of: str = ""
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the launch froze, but for times and names in the dispatch's own columns."""

    segment: str
    list_id: int | None
    scope: tuple[str, ...] | None
    """Regions that the sender may reach; None: all."""
    kind: str
    """Kind of message, for consent: safety, service, news."""
    groups: tuple[Group, ...]
    facts: tuple[FrozenFact, ...]
    fallback: Literal["block", "default_language", "default_with_link", "bilingual"]
    default_language: str
    target: Target
    no_language: Literal["region", "default"] = "region"
    confirm_link: bool = True
    quiet: Quiet | None = None
    """The hours that hold a message back; None: none do."""
    quiet_overridden: str = ""
    """Why the hours that the scenario names do not hold: the severity, or a person's reason."""
    escalation: Escalation | None = None
    affected: int | None = None
    """For those who may have received this dispatch, whatever their segment is now."""
    affected_wordings: tuple[int, ...] = ()
    """Of them only who got one of these versions; empty: all."""

    @property
    def asks(self) -> bool:
        """Whether an answer changes what happens next."""
        return self.escalation is not None or any(len(group.ladder) > 1 for group in self.groups)


_ADAPTER = TypeAdapter(Plan)


def freeze(plan: Plan) -> dict[str, Any]:
    """The plan as JSON, for the dispatch's row."""
    frozen: dict[str, Any] = _ADAPTER.dump_python(plan, mode="json")
    return frozen


def thaw(frozen: dict[str, Any]) -> Plan:
    """The plan from the dispatch's row. Raises pydantic.ValidationError on a foreign shape."""
    return _ADAPTER.validate_python(frozen)
