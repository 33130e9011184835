"""The law of an alert's life, walked pair by pair."""

import subprocess
import sys
from itertools import product

import pytest

from dispatcher.alerts.states import MEANING, MOVES, OPEN, State, check_move
from dispatcher.kit.errors import Refused

S = State
ALLOWED = {
    (S.DRAFT, S.PENDING): "submitted",
    (S.DRAFT, S.CANCELLED): "cancelled",
    (S.PENDING, S.APPROVED): "the last office approved, or glass was broken",
    (S.PENDING, S.RETURNED): "an office asks for a change",
    (S.PENDING, S.REJECTED): "an office refuses for good",
    (S.PENDING, S.DRAFT): "changed after submission",
    (S.PENDING, S.CANCELLED): "cancelled",
    (S.RETURNED, S.DRAFT): "changed",
    (S.RETURNED, S.PENDING): "submitted again as it is",
    (S.RETURNED, S.CANCELLED): "cancelled",
    (S.APPROVED, S.LAUNCHED): "sent",
    (S.APPROVED, S.RETURNED): "an office thinks again",
    (S.APPROVED, S.REJECTED): "an office thinks again",
    (S.APPROVED, S.DRAFT): "changed after approval",
    (S.APPROVED, S.CANCELLED): "cancelled",
}


@pytest.mark.parametrize(("old", "new"), list(product(State, State)))
def test_every_pair(old, new):
    """A move is allowed exactly when the table of this test has a cause for it."""
    if (old, new) in ALLOWED:
        check_move(old, new)
        return
    with pytest.raises(Refused) as refused:
        check_move(old, new)
    assert refused.value.code == "alerts.move_not_allowed"
    assert refused.value.facts == {"old": old.value, "new": new.value}


def test_each_state_has_a_sentence_and_a_line():
    """No state is without a meaning or without its moves."""
    assert set(MEANING) == set(MOVES) == set(State)
    assert all(sentence.endswith(".") for sentence in MEANING.values())


def test_what_is_over_stays_over():
    """From rejected, launched and cancelled no move leads anywhere."""
    assert set(State) - OPEN == {S.REJECTED, S.LAUNCHED, S.CANCELLED}


def test_the_law_is_pure():
    """Neither Django nor Celery is loaded, even indirectly."""
    code = (
        "import sys, dispatcher.alerts.states; "
        "sys.exit(any(name.split('.')[0] in ('django', 'celery') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
