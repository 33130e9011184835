"""What may become of a version of a wording: the words and the moves, in one table. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from dispatcher.kit.errors import Refused


class State(StrEnum):
    """Where a version stands; its text never changes."""

    DRAFT = "draft"
    """Nobody has vouched for it, or a check refuses it: it is never sent."""
    ACCEPTED = "accepted"
    """A named person vouched for it against the present source: it may be sent."""
    STALE = "stale"
    """The source has changed since, or a newer accepted text took its place: it is never sent."""


class Origin(StrEnum):
    """Who brought the text."""

    SHIPPED = "shipped"
    """It came with the program, in locales/."""
    OPERATOR = "operator"
    """The organisation wrote it; it is preferred to the shipped one."""


SENDABLE = frozenset({State.ACCEPTED})

MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.DRAFT: frozenset({State.ACCEPTED, State.STALE}),
        # To draft: a catalogue marks as fuzzy what it had accepted.
        State.ACCEPTED: frozenset({State.DRAFT, State.STALE}),
        # To accepted: the source, or the catalogue, went back to what it was.
        State.STALE: frozenset({State.DRAFT, State.ACCEPTED}),
    }
)


def move(before: State, after: State) -> State:
    """`after`, if it may follow. Raises Refused `wording.move_not_allowed`."""
    if after not in MOVES[before]:
        raise Refused("wording.move_not_allowed", before=before.value, after=after.value)
    return after
