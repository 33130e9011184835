"""`dispatcher ledger audit`: whoever may read reports may prove the books."""

import pytest

from dispatcher.alerts import launch
from dispatcher.cli.shell import NOT_ALLOWED, NOTHING, OK, REFUSED
from dispatcher.ledger.models import Delta, Dispatch
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
