"""The frozen plan of a dispatch: all that fan-out needs to know, as plain values."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a ladder; `first` takes the first channel that can be used, `all` every one."""

    channels: tuple[str, ...]
    take: Literal["first", "all"] = "first"


@dataclass(frozen=True, slots=True)
class Group:
    """A stakeholder group: people of any of `roles` (none: everybody else) and how they are told.

    `wordings` maps channel -> language (BCP 47) -> wording version id.
    """

    name: str
    roles: tuple[str, ...]
    ladder: tuple[Step, ...]
    wordings: dict[str, dict[str, int]]


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
    fallback: Literal["block", "default_language"]
    default_language: str
    target: Target
    confirm_link: bool = True


_ADAPTER = TypeAdapter(Plan)


def freeze(plan: Plan) -> dict[str, Any]:
    """The plan as JSON, for the dispatch's row."""
    frozen: dict[str, Any] = _ADAPTER.dump_python(plan, mode="json")
    return frozen


def thaw(frozen: dict[str, Any]) -> Plan:
    """The plan from the dispatch's row. Raises pydantic.ValidationError on a foreign shape."""
    return _ADAPTER.validate_python(frozen)
