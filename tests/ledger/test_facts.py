"""Which of two facts stands: one number decides, in whatever order the facts arrive."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.ledger.facts import LONGEST_WAIT, Rank, back_off, rank_of, standing

ranks = st.sampled_from(list(Rank))
attempts = st.integers(1, 999)


@given(ranks, attempts)
def test_rank_is_kept_inside_standing(rank, attempt):
    assert rank_of(standing(rank, attempt)) is rank


@given(attempts, attempts, ranks)
def test_delivered_of_any_attempt_beats_all_but_a_bounce(one, other, rank):
    if rank not in (Rank.BOUNCED, Rank.DELIVERED):
        assert standing(Rank.DELIVERED, one) > standing(rank, other)


@given(st.integers(1, 998), ranks, ranks)
def test_a_later_attempt_beats_a_failure_of_an_earlier_one(attempt, later, earlier):
    if {later, earlier}.isdisjoint({Rank.DELIVERED, Rank.BOUNCED}):
        assert standing(later, attempt + 1) > standing(earlier, attempt)


@given(attempts)
def test_within_an_attempt_a_receipt_beats_not_knowing_and_a_bounce_corrects_a_delivery(attempt):
    order = [Rank.UNKNOWN, Rank.HANDED_OVER, Rank.FAILED, Rank.DELIVERED, Rank.BOUNCED]
    heights = [standing(rank, attempt) for rank in order]
    assert heights == sorted(heights)


@given(st.lists(st.tuples(ranks, attempts), min_size=1, max_size=5))
def test_the_order_of_arrival_changes_nothing(facts):
    results = {
        max(standing(rank, attempt) for rank, attempt in order) for order in permutations(facts)
    }
    assert len(results) == 1


luck = st.floats(0, 1)


@given(st.floats(0, 3600), attempts, luck)
def test_a_retry_waits_at_least_as_asked_and_never_not_at_all(asked, attempt, luck):
    wait = back_off(asked, attempt, luck=luck)
    assert max(asked, 0.1) <= wait <= asked + LONGEST_WAIT + 0.25
    assert wait <= back_off(asked, attempt) <= back_off(asked, attempt + 1)
    assert wait == 0.1 or (wait * 4).is_integer(), "neighbours would not share a batch"


@settings(deadline=None)  # 5,001 throws; a loaded machine takes more than Hypothesis allows
@given(st.floats(0, 3600), st.integers(1, 11))
def test_the_span_of_the_jitter_begins_with_the_wish_of_the_carrier_and_doubles(asked, attempt):
    """A crowd that was turned away together comes back over the whole span, not at its end."""
    waits = {back_off(asked, attempt, luck=n / 5000) for n in range(5001)}
    span = max(waits) - min(waits)
    assert len(waits) == 2**attempt + 1
    assert span == pytest.approx(0.25 * 2**attempt, abs=0.11)
