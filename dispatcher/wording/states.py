"""What may become of a version of a wording: the words and the moves, in one table. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from dispatcher.kit.errors import Refused


class State(StrEnum):
    """Where a version stands; its text never changes."""

    MACHINE_DRAFT = "machine_draft"
    """An engine wrote it and nobody has read it yet: it is never sent."""
    NEEDS_EDITING = "needs_editing"
    """A check refuses it, somebody returned it, or a catalogue calls it fuzzy: it is never sent."""
    IN_REVIEW = "in_review"
    """A person wrote it and nobody has vouched for it yet: it is never sent."""
    ACCEPTED = "accepted"
    """A named person vouched for it against the present source: it may be sent."""
    STALE = "stale"
    """The source has changed since, or a newer accepted text took its place: it is never sent."""


MISSING = "missing"
"""The sixth word, for a language in which there is no version at all."""


class Origin(StrEnum):
    """Who brought the text."""

    SHIPPED = "shipped"
    """It came with the program, in locales/."""
    OPERATOR = "operator"
    """The organisation wrote it; it is preferred to the shipped one."""


SENDABLE = frozenset({State.ACCEPTED})
OPEN = frozenset({State.MACHINE_DRAFT, State.NEEDS_EDITING, State.IN_REVIEW})
"""States in which a person still has something to do."""

MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.MACHINE_DRAFT: frozenset(
            {State.NEEDS_EDITING, State.IN_REVIEW, State.ACCEPTED, State.STALE}
        ),
        State.NEEDS_EDITING: frozenset({State.IN_REVIEW, State.ACCEPTED, State.STALE}),
        State.IN_REVIEW: frozenset({State.NEEDS_EDITING, State.ACCEPTED, State.STALE}),
        # To needs_editing: somebody took their word back, or a catalogue marks as fuzzy what it
        # had accepted.
        State.ACCEPTED: frozenset({State.NEEDS_EDITING, State.STALE}),
        # Back again: the source, or the catalogue, went back to what it was.
        State.STALE: frozenset({State.NEEDS_EDITING, State.ACCEPTED}),
    }
)


def move(before: State, after: State) -> State:
    """`after`, if it may follow. Raises Refused `wording.move_not_allowed`."""
    if after not in MOVES[before]:
        raise Refused("wording.move_not_allowed", before=before.value, after=after.value)
    return after
