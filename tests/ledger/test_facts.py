"""Which of two facts stands: one number decides, in whatever order the facts arrive."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from dispatcher.ledger.facts import Rank, back_off, rank_of, standing

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


@given(st.floats(0, 3600), attempts)
def test_a_retry_waits_at_least_as_asked_and_never_not_at_all(asked, attempt):
    assert asked <= back_off(asked, attempt)
    assert 0.1 <= back_off(asked, attempt) <= 3600
    assert back_off(asked, attempt) <= back_off(asked, attempt + 1)
