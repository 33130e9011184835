"""The law of an alert's life: its states, a sentence for each, and the moves that are allowed.

Pure: neither Django nor Celery. What a dispatch does after the launch belongs to the ledger.
"""

from enum import StrEnum

from dispatcher.kit.errors import Refused


class State(StrEnum):
    """Where the decision stands."""

    DRAFT = "draft"
    PENDING = "pending"
    RETURNED = "returned"
    REJECTED = "rejected"
    APPROVED = "approved"
    LAUNCHED = "launched"
    CANCELLED = "cancelled"


def _(message: str) -> str:
    """Marks a text for translation; the doors translate it when they show it."""
    return message


MEANING: dict[State, str] = {
    State.DRAFT: _("Being written; nothing is asked of anybody yet."),
    State.PENDING: _(
        "Complete and unchanged since it was submitted; offices are asked to approve."
    ),
    State.RETURNED: _("An office sent it back with a reason; the author changes it."),
    State.REJECTED: _("An office refused it for good; a new alert would have to be written."),
    State.APPROVED: _(
        "All offices that the scenario names approved exactly this; it may be launched."
    ),
    State.LAUNCHED: _("It left as a dispatch; the dispatch says how far it came."),
    State.CANCELLED: _("Cancelled before the launch; nothing was sent."),
}

MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.PENDING, State.CANCELLED}),
    # pending -> draft: any change after submission; approvals given so far are void
    State.PENDING: frozenset(
        {State.APPROVED, State.RETURNED, State.REJECTED, State.DRAFT, State.CANCELLED}
    ),
    State.RETURNED: frozenset({State.DRAFT, State.PENDING, State.CANCELLED}),
    # approved -> returned: an office may think again until the launch
    State.APPROVED: frozenset(
        {State.LAUNCHED, State.RETURNED, State.REJECTED, State.DRAFT, State.CANCELLED}
    ),
    State.REJECTED: frozenset(),
    State.LAUNCHED: frozenset(),
    State.CANCELLED: frozenset(),
}

OPEN = frozenset(state for state, moves in MOVES.items() if moves)
"""States in which an alert may still be changed."""


def check_move(old: State, new: State) -> None:
    """Raise `alerts.move_not_allowed` unless the table allows it."""
    if new not in MOVES[old]:
        raise Refused("alerts.move_not_allowed", old=old.value, new=new.value)
