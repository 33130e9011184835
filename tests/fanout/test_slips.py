"""A worker is killed with a window on the wire: its slip says who was asked for, and who was not."""

import os
from collections import Counter

import pytest

from dispatcher.fanout import slips
from dispatcher.ledger import entries, tally
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome
from dispatcher.ledger.models import Batch, Delivery, Question
from tests.ledger.conftest import enlist, open_dispatch, person  # noqa: F401  # fixtures

PEOPLE = 6


@pytest.fixture
def away(enlist):  # noqa: F811
    """(dispatch, batch, slip) of a worker that has moved the cursor over six people."""
    dispatch = enlist([person(number) for number in range(1, PEOPLE + 1)])
    [batch] = entries.claim("critical", people=100)
    slip = slips.lay([(batch, PEOPLE)])
    slip.moved(entries.advance([(batch, PEOPLE)]))
    return dispatch, batch, slip


def dies(slip):
    """The kernel closes what the worker had open, and removes nothing."""
    if slip._memory is not None:  # a mapping holds the file, and its lock, as well
        slip._memory.close()
    os.close(slip._file)


def figures(dispatch):
    """What the books say."""
    told = Counter()
    for cell in tally.books(dispatch.pk):
        told[cell.figure] += cell.n
    return {name: n for name, n in told.items() if n and name != "targeted"}


def test_who_was_not_asked_for_waits_again_at_once(away):
    """And who was is unknown, with a question; no lease had to run out."""
    dispatch, batch, slip = away
    slip.leaves(batch.id, [0, 1])
    slip.leaves(batch.id, [4])
    dies(slip)
    assert slips.speak_for_the_dead() == 1
    assert figures(dispatch) == {"unknown": 3, "waiting": 3}
    asked = {batch.delivery_id(index) for index in (0, 1, 4)}
    assert set(Delivery.objects.values_list("id", flat=True)) == asked
    assert set(Question.objects.values_list("delivery_id", "why")) == {
        (one, "lease_lost") for one in asked
    }
    again = Batch.objects.get(origin_id=batch.id)
    assert (again.positions, again.attempt) == ([2, 3, 5], 1)
    assert tally.audit(dispatch.pk) == []


def test_it_is_said_once(away):
    """The slip is gone, and a second look finds nothing."""
    dispatch, _, slip = away
    dies(slip)
    slips.speak_for_the_dead()
    told = figures(dispatch)
    assert (slips.speak_for_the_dead(), slip.path.exists()) == (0, False)
    assert figures(dispatch) == told == {"waiting": PEOPLE}


def test_nobody_speaks_for_the_living(away):
    """As long as its worker lives, frozen or not, a slip is locked."""
    dispatch, _, slip = away
    assert slips.speak_for_the_dead() == 0
    assert figures(dispatch) == {"in_flight": PEOPLE}
    slip.close()


def test_what_was_written_down_is_not_said_again(away):
    """The worker died between its record and the end of its slip."""
    dispatch, batch, slip = away
    facts = [Fact(i, Outcome.taken(f"SM{i}"), "twilio") for i in range(PEOPLE)]
    entries.record([Window(batch, facts)])
    dies(slip)
    assert slips.speak_for_the_dead() == 0
    assert figures(dispatch) == {"handed_over": PEOPLE}


def test_who_has_taken_over_is_not_talked_into(away, monkeypatch):
    """The lease had run out and all of the window is unknown: it stays so, and is asked about."""
    dispatch, _, slip = away
    monkeypatch.setattr("dispatcher.ledger.entries.LEASE", -entries.LEASE)
    Batch.objects.update(lease_until="2020-01-01T00:00:00Z")
    assert entries.abandon() == 1
    dies(slip)
    assert slips.speak_for_the_dead() == 0
    assert figures(dispatch) == {"unknown": PEOPLE}


def test_a_slip_of_before_the_machine_stopped_proves_nothing(away, monkeypatch):
    """The last marks may never have reached it: it is thrown away, and the lease runs out."""
    dispatch, _, slip = away
    dies(slip)
    monkeypatch.setattr(slips, "_boot", lambda: "another")
    assert (slips.speak_for_the_dead(), slip.path.exists()) == (0, False)
    assert figures(dispatch) == {"in_flight": PEOPLE}


def test_a_cursor_that_may_not_have_moved_is_left_alone(enlist):  # noqa: F811
    """Killed before it heard of its move: the lease decides."""
    dispatch = enlist([person(1)])
    [batch] = entries.claim("critical", people=100)
    slip = slips.lay([(batch, 1)])
    entries.advance([(batch, 1)])
    dies(slip)
    assert slips.speak_for_the_dead() == 0
    assert figures(dispatch) == {"in_flight": 1}


def test_without_room_there_is_no_slip(away, monkeypatch):
    """And the road goes on without one."""
    _, batch, slip = away
    slip.close()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    none = slips.lay([(batch, PEOPLE)])
    none.moved({batch.id})
    none.leaves(batch.id, [0])
    none.close()
    assert slips.speak_for_the_dead() == 0


@pytest.mark.parametrize("indexes", [[0, 1, 2], [5, 3], [0, 5, 2], [2, 0, 1]])
def test_exactly_those_are_marked(away, indexes):
    """In whatever order a request carries them."""
    _, batch, slip = away
    slip.leaves(batch.id, indexes)
    dies(slip)
    slips.speak_for_the_dead()
    asked = {batch.delivery_id(index) for index in indexes}
    assert set(Delivery.objects.values_list("id", flat=True)) == asked


def test_a_sent_convoy_leaves_no_slip(road):
    """Written down and thrown away."""
    road.person(1)
    road.launch()
    road.work()
    place = slips._place()
    assert place
    assert list(place.iterdir()) == []
