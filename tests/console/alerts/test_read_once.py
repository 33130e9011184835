"""An audience is read once for all boards, and anew as soon as anybody in it has changed."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts import changes, consent, crowds
from contacts.crowds import Crowd
from contacts.models import Address
from dispatcher.alerts import approve, survey
from dispatcher.console import shelf, valkey
from dispatcher.console.alerts import counting
from dispatcher.operators.roles import Role

BOARDS = ("audience/count", "words", "how", "check")
ASKED = {"HX-Request": "true"}


@pytest.fixture
def reads():
    """How often everybody in an audience was read in a block."""

    class Reads(CaptureQueriesContext):
        def __int__(self):
            return sum("min(contact_id) as first" in query["sql"] for query in self)

    return lambda: Reads(connection)


def board(browser, alert, name):
    """A board as it is asked for after its page, without the space between words."""
    found = browser.get(f"/alerts/{alert.pk}/{name}/", headers=ASKED)
    assert found.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", found.content.decode()).split())


def test_all_boards_of_a_draft_read_everybody_once(signed_in, mina, told, reads):
    """The count, the table of words, the effects and the check; a second person of the same sight."""
    browser = signed_in(mina)
    with reads() as seen:
        for name in BOARDS:
            board(browser, told, name)
    assert int(seen) == 1
    with reads() as seen:
        board(signed_in(mina), told, "check")
    assert int(seen) == 0


@pytest.mark.parametrize("name", BOARDS)
def test_who_has_changed_is_in_the_next_board(signed_in, mina, told, people, name, reads):
    """Somebody says stop: no board tells of them as before, however fresh it is."""
    browser = signed_in(mina)
    before = board(browser, told, name)
    assert board(browser, told, name) == before
    address = Address.objects.get(contact=people["babak"])
    consent.opt_out(address.pk, source="tests")
    with reads() as seen:
        after = board(browser, told, name)
    assert int(seen) == 1
    assert after != before


def test_who_has_moved_away_is_not_counted(signed_in, mina, draft, people):
    """The figure itself, and not only that it is another."""
    browser = signed_in(mina)
    assert "4 people" in board(browser, draft, "audience/count")
    people["henk"].region = people["henk"].country = "BR"
    people["henk"].save(update_fields=["region", "country"])
    assert "3 people" in board(browser, draft, "audience/count")


def test_a_lead_of_another_region_never_gets_somebody_elses(signed_in, mina, operator, draft):
    """Of one alert and one sentence each sees their own people, in whatever order they look."""
    greta = operator("greta.vogel", "DE", role=Role.VIEWER)
    everybody, mine = signed_in(mina), signed_in(greta)
    for _ in range(2):
        assert "4 people" in board(everybody, draft, "audience/count")
        assert "2 people" in board(mine, draft, "audience/count")


def test_without_valkey_everybody_is_read_anew(signed_in, mina, told, settings, reads):
    """A memory that is away costs time, not figures."""
    browser = signed_in(mina)
    board(browser, told, "check")
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    valkey.client.cache_clear()
    with reads() as seen:
        assert "4 people" in board(browser, told, "check")
        board(browser, told, "how")
    assert int(seen) == 2
    valkey.client.cache_clear()


def test_who_changes_while_others_are_read_is_not_forgotten(draft, people, monkeypatch):
    """What is kept bears the version of before the reading."""
    gather = crowds.gather

    def meanwhile(*asked, **told):
        found = gather(*asked, **told)
        consent.mark_dead(list(Address.objects.values_list("pk", flat=True)))
        return found

    monkeypatch.setattr(crowds, "gather", meanwhile)
    assert counting.crowd(draft).reachable.reachable == 3
    monkeypatch.setattr(crowds, "gather", gather)
    assert counting.crowd(draft).reachable.reachable == 0
    assert people


def test_a_crowd_of_too_many_kinds_is_not_kept(draft, monkeypatch, memory):
    """Valkey holds small things."""
    monkeypatch.setattr(counting, "MOST", 2)
    counting.crowd(draft)
    assert not list(memory.scan_iter("console:crowd:*"))
    monkeypatch.setattr(counting, "MOST", 4)
    counting.crowd(draft)
    [key] = memory.scan_iter("console:crowd:*")
    assert 0 < memory.ttl(key) <= shelf.KEPT


def test_a_decision_does_not_believe_what_is_kept(told, mina):
    """Who submits has everybody read, whatever Valkey says of them."""
    asked = (survey.audience(told), survey.scope(told), survey.kind(told))
    key = counting._key(*asked)  # what a page would find
    nobody = Crowd(())
    shelf.keep(key, mark=str(changes.version()), html=nobody.packed(), took=9)
    assert counting.crowd(told) == nobody
    assert approve.submit(told, by=mina).state == "pending"
