"""Figures that need a walk: kept as cells they are what the rows say, also when the rows are gone."""

from datetime import timedelta
from math import ceil, log

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatcher.ledger import climb, entries, replies, retention, snapshots, tally
from dispatcher.ledger.enlisting import Way
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome, Rank, Receipt
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.statements import ledger_now
from tests.ledger.conftest import person

OUTCOMES = (Outcome.taken("C1"), Outcome.refused("21610"), Outcome.unsure("timeout"))
WITHIN = 1800


def figures(dispatch, regions=None):
    """All that a report asks the ledger, in no order."""
    one = dispatch.id
    return {
        "books": sorted(map(repr, tally.books(one, regions=regions))),
        "people": tally.people(one, regions=regions),
        "reasons": sorted(map(repr, tally.reasons(one, regions=regions))),
        "reach": sorted(map(repr, tally.reach(one, within=WITHIN, regions=regions))),
        "matches": sorted(map(repr, tally.matches(one, regions=regions))),
        "unknowns": tally.unknowns(one, regions=regions),
        "first": tally.first_out(one),
        "curve": tally.curve(one, regions=regions),
    }


def both_channels(opened, readers):  # noqa: ARG001
    """Everybody by SMS and by e-mail: two deliveries a person."""
    return [
        Way(reader.key, slot, 0, channel, "twilio", 7, "de", "exact")
        for reader in readers
        for slot, channel in enumerate(("sms", "email"))
    ]


def crowd(n):
    regions = ("DE-BY", "DE", "BR", "JP")
    return [
        person(
            number,
            region=regions[number % 4],
            country=regions[number % 4][:2],
            email_id=number * 10 + 1 if number % 3 else None,
            email_block=None if number % 3 else "no_address",
            sms_id=None if number % 5 == 0 else number * 10,
            sms_block="opted_out" if number % 5 == 0 else None,
            sms_key="+49171392001" if number in (1, 5, 9) else f"+49171392{number:03}",
            sms_shared=number in (1, 5, 9),
        )
        for number in range(1, n + 1)
    ]


def carry(lane, outcomes, *, people=1000):
    """Claim, advance and record what is due; who was taken, as (delivery id, attempt)."""
    batches = entries.claim(lane, people=people)
    going = [(batch, batch.size - batch.cursor) for batch in batches]
    allowed = entries.advance(going)
    taken, windows = [], []
    for batch in (one for one in batches if one.id in allowed):
        facts = [
            Fact(index, outcomes[(batch.contact_ids[index]) % len(outcomes)], "twilio")
            for index in range(batch.cursor, batch.size)
        ]
        taken += [batch.delivery_id(f.index) for f in facts if f.outcome == OUTCOMES[0]]
        windows.append(Window(batch, facts))
    entries.record(windows)
    return taken


def receipt(delivery_id, rank, key):
    return Receipt(delivery_id=delivery_id, attempt=1, rank=rank, carrier="twilio", key=key)


@pytest.fixture
def finished(enlist):
    """A dispatch with people of all fates, complete."""

    def make(n=24, outcomes=OUTCOMES):
        dispatch = enlist(crowd(n), ways=both_channels)
        carry(dispatch.lane, outcomes)
        with connection.cursor() as cursor:
            cursor.execute("update ledger_question set closed_at = now(), verdict = 'given_up'")
        entries.finish()
        dispatch.refresh_from_db()
        assert dispatch.state == Dispatch.State.COMPLETE
        return dispatch

    return make


@pytest.mark.parametrize("regions", [None, ["DE"], ["DE-BY", "BR"], ["CL"]])
def test_cells_say_what_the_rows_say(finished, regions):
    """For everybody and for parts of the world, all figures are the same from the snapshot."""
    dispatch = finished()
    rows = figures(dispatch, regions)
    assert snapshots.taken_at(dispatch.id) is None
    assert snapshots.take(dispatch.id, within=WITHIN)
    assert snapshots.taken_at(dispatch.id) is not None
    assert figures(dispatch, regions) == rows


def test_everybody_is_in_one_region(finished):
    """The people's books of disjoint regions add up to that of all."""
    dispatch = finished()
    parts = [tally.people(dispatch.id, regions=[one]) for one in ("DE", "BR", "JP")]
    whole = tally.people(dispatch.id)
    assert whole == {f: sum(part.get(f, 0) for part in parts) for f in whole}
    assert sum(whole.values()) == 24


def test_an_old_snapshot_is_not_told(finished):
    """When figures have moved since and beat is silent, the rows are walked again."""
    dispatch = finished(outcomes=OUTCOMES[:1])
    snapshots.take(dispatch.id, within=WITHIN)
    with connection.cursor() as cursor:
        cursor.execute("update ledger_snapshot set at = at - interval '5 minutes'")
        assert snapshots.taken_at(dispatch.id) is not None, "nothing has moved since"
        cursor.execute(
            "insert into ledger_delta (dispatch_id, minute, channel, region, language, figure, n)"
            " values (%s, now(), 'sms', 'DE', 'de', 'delivered', 0)",
            [dispatch.id],
        )
    assert snapshots.taken_at(dispatch.id) is None


def test_only_large_dispatches_are_walked_by_the_clock(finished, monkeypatch):
    """Small ones are walked when somebody asks; a walked one again only when it has moved."""
    dispatch = finished()
    assert snapshots.due() == []
    monkeypatch.setattr(snapshots, "SMALL", 10)
    assert snapshots.due() == [dispatch.id]
    snapshots.take(dispatch.id, within=WITHIN)
    assert snapshots.due() == []


@pytest.mark.parametrize("regions", [None, ["DE"], ["JP"]])
def test_a_dispatch_shrinks_and_its_report_stays(finished, regions):
    """Every sum, reason, time and match is the same; no row of a single person is left."""
    dispatch = finished()
    before = figures(dispatch, regions)
    assert all(retention.weight(dispatch.id).values())
    assert retention.shrink(dispatch.id, within=lambda _: WITHIN)
    assert set(retention.weight(dispatch.id).values()) == {0}
    assert figures(dispatch, regions) == before
    with connection.cursor() as cursor:
        for table in ("delivery", "batch", "exclusion", "attempt", "question", "copy"):
            cursor.execute(f"select count(*) from ledger_{table}")  # noqa: S608
            assert cursor.fetchone() == (0,), table
    assert tally.audit(dispatch.id) == []


def test_shrinking_that_was_interrupted_goes_on(finished, monkeypatch):
    """Killed between two pages, the figures are kept already and the rest of the rows go later."""
    dispatch = finished()
    before = figures(dispatch)
    later = ledger_now() + timedelta(days=1)
    pages = iter([1, 0])
    monkeypatch.setattr(retention, "PAGE", 1)
    with monkeypatch.context() as patch:
        whole = retention._page
        patch.setattr(retention, "_page", lambda one: next(pages) and whole(one))
        retention.shrink(dispatch.id, within=lambda _: WITHIN)
    assert retention.weight(dispatch.id)["batches"]
    assert figures(dispatch) == before
    assert retention.due(before=later) == [dispatch.id]
    retention.shrink(dispatch.id, within=lambda _: WITHIN)
    assert retention.due(before=later) == []
    assert figures(dispatch) == before


def test_what_is_not_over_does_not_shrink(enlist):
    """A dispatch that still waits keeps its rows, however old it is."""
    dispatch = enlist(crowd(5))
    assert not retention.shrink(dispatch.id, within=lambda _: WITHIN)
    assert retention.weight(dispatch.id)["batches"]
    assert retention.due(before=ledger_now() + timedelta(days=1)) == []


def test_a_receipt_for_what_has_shrunk_changes_no_sum(finished):
    """It belongs to nothing that we still hold: a stray."""
    dispatch = finished(outcomes=OUTCOMES[:1])
    with connection.cursor() as cursor:
        cursor.execute("select id from ledger_delivery order by id limit 1")
        [delivery_id] = cursor.fetchone()
    retention.shrink(dispatch.id, within=lambda _: WITHIN)
    before = figures(dispatch)
    climb.climb([receipt(delivery_id, Rank.DELIVERED, "late")])
    assert figures(dispatch) == before


def test_forgetting_a_person_keeps_the_sums(finished):
    """Words and senders of replies go; each figure of every report stays, before and after."""
    dispatch = finished()
    before = figures(dispatch)
    replies.keep(replies.Kept("twilio", "M1", "drill", "other", "I am ill", "", contact_id=7))
    assert replies.forget([7]) == 1
    assert figures(dispatch) == before
    retention.shrink(dispatch.id, within=lambda _: WITHIN)
    replies.forget([7])
    assert figures(dispatch) == before


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seconds=st.lists(st.floats(0.01, 90_000), min_size=1, max_size=200))
def test_told_times_are_within_one_per_cent(seconds):
    """The median of the steps is the median of the seconds, give or take a hundredth."""
    times = tally._Times(people=len(seconds))
    for one in seconds:
        step = round(50 * log(one))
        times.steps[step] = times.steps.get(step, 0) + 1
    exact = sorted(seconds)[ceil(0.5 * len(seconds)) - 1]
    assert times.told(None, None).p50 == pytest.approx(exact, rel=0.016)
