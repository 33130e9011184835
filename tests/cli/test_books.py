"""`dispatcher ledger`: whoever reads reports may prove the books; an admin shrinks them."""

from datetime import timedelta

import pytest

from dispatcher.alerts import launch
from dispatcher.cli.shell import NOT_ALLOWED, NOTHING, OK, REFUSED
from dispatcher.fanout.spread import spread
from dispatcher.ledger import retention
from dispatcher.ledger.models import Batch, Delta, Dispatch
from dispatcher.ledger.statements import ledger_now
from dispatcher.operators.models import JournalEntry
from tests.cli.conftest import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def launched(approved, mina):
    return launch.launch(approved, by=mina, confirm=launch.words(approved))


def test_books_that_balance_end_with_0(launched, mina, at):
    said = at(mina)("ledger", "audit", launched.number, "--json")
    assert said.code == OK
    [proof] = said.json
    assert (proof["dispatch"], proof["balance"], proof["off"]) == (launched.id, True, [])


def test_broken_books_end_with_1_and_say_where(launched, mina, at):
    Dispatch.objects.filter(id=launched.id).update(targeted=7)
    Delta.objects.create(
        dispatch_id=launched.id, minute=launched.launched_at, channel="sms", region="DE",
        language="de", figure="delivered", n=1,
    )  # fmt: skip
    said = at(mina)("ledger", "audit", "--json")
    assert said.code == REFUSED
    assert [row["deltas"]["figure"] for row in said.json[0]["off"]] == ["targeted", "delivered"]
    assert "broken" in at(mina)("ledger", "audit").out


def test_without_a_dispatch_there_is_nothing_to_do(mina, at):
    assert at(mina)("ledger", "audit").code == NOTHING
    assert at(mina)("ledger", "audit", "2026-9999").code == REFUSED


def test_without_a_key_nobody_is_told_anything():
    assert run("ledger", "audit").code == NOT_ALLOWED


@pytest.fixture
def old(launched):
    """The alert ended a hundred days ago; its people are still in the rows."""
    while not spread(launched.lane).last:
        pass
    launched.refresh_from_db()
    Batch.objects.all().update(state="withdrawn")
    Dispatch.objects.update(state="complete", completed_at=ledger_now() - timedelta(days=100))
    assert any(retention.weight(launched.id).values())
    return launched


def test_shrinking_is_said_before_it_is_done(old, sofie, at):
    """A rehearsal and a run without --yes remove nothing; the run with it leaves the report."""
    shrink = ("ledger", "shrink", "--older-than", "90")
    before = retention.weight(old.id)
    said = at(sofie)(*shrink, "--dry-run", "--json")
    assert (said.code, said.json[0]["number"], said.json[0]["rows"]) == (OK, old.number, before)
    assert at(sofie)(*shrink, "--json").refusal["code"] == "cli.say_yes"
    assert retention.weight(old.id) == before
    assert "Removed" in at(sofie)(*shrink, "--yes").out
    assert set(retention.weight(old.id).values()) == {0}
    [line] = JournalEntry.objects.filter(what="ledger.shrunk")
    assert (line.who, line.about) == (sofie.username, f"dispatch:{old.id}")
    assert line.facts == {"older_than": 90, **before}
    assert at(sofie)(*shrink, "--yes").code == NOTHING


def test_what_is_younger_than_the_setting_stays(old, sofie, at):
    """Without --older-than it is DELIVERIES_KEPT_DAYS."""
    assert at(sofie)("ledger", "shrink", "--yes").code == NOTHING
    assert any(retention.weight(old.id).values())


def test_only_an_admin_of_the_whole_world_may_shrink(old, mina, at):
    assert at(mina)("ledger", "shrink", "--older-than", "90", "--yes").code == NOT_ALLOWED
    assert any(retention.weight(old.id).values())
