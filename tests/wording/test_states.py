"""The table of states, pair by pair."""

from itertools import product

import pytest

from dispatcher.kit.errors import Refused
from dispatcher.wording.states import MOVES, SENDABLE, State, move


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_moves(before, after):
    """Every pair is either in the table or refused; no state follows itself."""
    if after in MOVES[before]:
        assert move(before, after) is after
    else:
        with pytest.raises(Refused) as wrong:
            move(before, after)
        assert wrong.value.facts == {"before": before.value, "after": after.value}
    assert before not in MOVES[before]


def test_only_what_is_accepted_is_sent():
    """Drafts and stale texts stay."""
    assert {State.ACCEPTED} == SENDABLE
