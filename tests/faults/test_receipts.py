"""Receipts come before the answer, dozens of times, backwards, hours late, forged, and in storms."""

import time

import pytest

from tests.faults.proving import PATIENCE
from tests.faults.tree import until

HANDED_OVER, DELIVERED = 20, 40


def ranks(ground, run):
    """The last two digits of each standing, by channel other than push (it has no receipts)."""
    rows = ground.tree.rows.targeted([run.dispatch])
    return [row.standing % 100 for row in rows if row.channel != "push" and row.standing]


def delivered(ground, run):
    """Everybody who can be has a receipt that says so."""
    return lambda: set(ranks(ground, run)) == {DELIVERED}


@pytest.mark.parametrize(
    ("name", "manners"),
    [
        ("before its own answer", {"receipts_first": 1.0}),
        ("backwards", {"reordered": 1.0, "receipt_ms": [300, 600]}),
        ("in a storm, each six times", {"repeat": 6, "receipt_ms": [0, 5]}),
    ],
)
def test_receipts_come(ground, proven, name, manners):
    """In the end everybody is delivered, once, and no standing has fallen on the way."""
    oracle = ground.tree.oracles["real"]
    oracle.behave(**manners)
    run = ground.run()
    proof = proven(run)
    assert proof.found.seen["once"] == run.people, name
    until(delivered(ground, run), within=PATIENCE, what=lambda: name)
    assert ground.tree.rows.fallen() == []


def test_receipts_come_46_times(ground, proven):
    """Twenty people, each receipt 46 times and in any order: it is kept once."""
    oracle = ground.tree.oracles["real"]
    oracle.ask("POST", "/sandbox/faults", {
        "addresses": {
            phone: {"repeat": 46, "reordered": 1.0, "receipt_ms": [20, 600]}
            for phone in ground.phones()[:20]
        },
    })  # fmt: skip
    run = ground.run()
    proven(run)
    until(delivered(ground, run), within=PATIENCE, what=lambda: "delivered")
    until(lambda: oracle.receipts_waiting() == 0, within=PATIENCE, what=lambda: "the last of them")
    [(kept,)] = ground.tree.rows.ask(
        "select count(*) from ledger_receipt where delivery_id in"
        " (select id from ledger_delivery where dispatch_id = %s and carrier = 'twilio')",
        [run.dispatch],
    )
    assert kept == 2 * ground.people["sms"]


def test_receipts_come_hours_late(ground, proven):
    """The last of them five hours after the launch by the ledger's clock: they still count."""
    oracle = ground.tree.oracles["real"]
    oracle.behave(receipt_ms=[20000, 20000])
    run = ground.run()
    run.settle()
    ground.pass_time(5 * 3600)
    proven(run)
    until(delivered(ground, run), within=PATIENCE, what=lambda: "delivered")
    [(hours,)] = ground.tree.rows.ask(
        "select max(extract(epoch from settled_at - written_at)) / 3600 from ledger_delivery"
        " where dispatch_id = %s and carrier = 'twilio'",
        [run.dispatch],
    )
    assert hours >= 5


def test_receipts_are_forged(ground, proven):
    """A wrong signature meets 403, for text messages and e-mail, and no row moves."""
    oracle = ground.tree.oracles["real"]
    oracle.behave(lost=1.0)
    run = ground.run()
    proven(run, times=40)
    rows = ground.tree.rows.targeted([run.dispatch])
    texts = [row.delivery for row in rows if row.channel == "sms" and row.delivery][:20]
    letters = [row.delivery for row in rows if row.channel == "email" and row.delivery][:20]
    assert {ground.tree.forge(one) for one in texts} == {403}
    assert ground.tree.forge_events(letters) == 403
    time.sleep(0.5)
    assert set(ranks(ground, run)) == {HANDED_OVER}
