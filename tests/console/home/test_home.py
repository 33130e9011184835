"""The first page: what runs, what waits for whom, what is planned, what is wrong."""

import re

import pytest

from dispatcher.alerts import approve, launch
from dispatcher.console.home import page
from dispatcher.ledger import watch
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.watch import Ledger, Open
from dispatcher.operators import roster
from dispatcher.operators.roles import Role
from dispatcher.watching import look
from dispatcher.wording.models import WordingVersion
from tests.console.deciding import conftest as decided

people, shelf, words = decided.people, decided.shelf, decided.words
kenji, leila, vera = decided.kenji, decided.leila, decided.vera
ready, pending, approved, signed_in = (
    decided.ready, decided.pending, decided.approved, decided.signed_in,
)  # fmt: skip


@pytest.fixture(autouse=True)
def anew():
    """What an earlier test has seen is forgotten."""
    look.forget()


def read(client):
    answer = client.get("/", headers={"Accept-Language": "en"}, follow=True)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_an_empty_house_teaches(vera, signed_in):
    """Each part says what will stand there, and who writes nothing has no way in to writing."""
    told = read(signed_in(vera))
    for sign in (
        "Nothing is being sent",
        "Nothing waits for you",
        "on its way through the offices",
    ):
        assert sign in told
    assert "New alert" not in told


def test_an_author_has_the_way_in(mina, signed_in):
    """Big, and first."""
    assert 'href="/alerts/new/"' in signed_in(mina).get("/").content.decode()


def test_each_sees_what_waits_for_them(pending, mina, kenji, leila, vera, signed_in):
    """The offices that are asked; when one has said yes the other; then the author; then nobody."""

    def waits(user):
        return "Read and decide" in read(signed_in(user))

    assert [waits(user) for user in (kenji, leila, mina, vera)] == [True, True, False, False]
    approve.approve(pending, by=kenji)
    assert [waits(user) for user in (kenji, leila)] == [False, True]
    approve.approve(pending, by=leila, office="counsel")
    client = signed_in(mina)
    client.post("/language/", {"language": "en"})
    assert "To the launch" in read(client)
    assert "To the launch" not in read(signed_in(kenji))
    launch.launch(pending, by=mina, confirm="DRILL")
    assert "To the launch" not in read(signed_in(mina))


def test_what_was_sent_back_waits_for_its_author(pending, mina, kenji, signed_in):
    """With the reason."""
    approve.send_back(pending, by=kenji, reason="The lots are wrong")
    assert "The lots are wrong" in read(signed_in(mina))


def test_broken_glass_waits_for_another(pending, mina, kenji, signed_in):
    """Not for who broke it."""
    approve.break_glass(pending, by=mina, reason="Both are on a plane until the evening")
    assert "one of them reviews that" in read(signed_in(kenji))
    assert "reviews that" not in read(signed_in(mina))


def test_what_others_decide_is_planned(pending, vera, signed_in):  # noqa: ARG001
    """With its state and its mode."""
    told = read(signed_in(vera))
    assert "Waits for approval" in told
    assert "Oats" in told


def test_texts_wait_for_their_translators(words, operator, sofie, signed_in):  # noqa: ARG001
    """Only in the languages for which they vouch."""
    tomas = operator("tomas.ruiz")
    roster.grant(tomas, Role.TRANSLATOR, over=["001"], by=sofie, languages=("fa",))
    told = read(signed_in(tomas))
    assert re.search(r"Persian \d+ texts wait for you", told) or "texts wait for you" in told
    assert "English" not in told.split("Waits for you")[1].split("Sign out")[0]
    assert WordingVersion.objects.exists()


@pytest.mark.parametrize(
    ("regions", "told"),
    [(("001",), ["The books of 2 dispatches", "of 19 messages"]),
     (("EU",), ["The books of 1 dispatch do", "of ≥ 10 messages"]),
     (("BR",), ["", "of ≥ 10 messages"])],
)  # fmt: skip
def test_what_goes_wrong_elsewhere_is_told_in_tens(
    story, operator, monkeypatch, regions: tuple[str, ...], told: list[str]
):
    """Exact for who reads the world; of others the dispatches that they see, and the tens."""
    made = [story(scope=scope, people=[]).dispatch.pk for scope in (("EU",), ("CN",))]
    monkeypatch.setattr(watch, "broken", lambda: tuple(made))
    books = Ledger((), (), {}, (Open("real", 19, 5.0), Open("drill", 9, 5.0)), 2, None)
    user = operator("rae.reader", *regions)
    lines = " ".join(one.text for one in page._books(books, user))
    assert [text for text in told if text not in lines] == []
    assert ("The books" in lines) is bool(told[0])
    assert ("of 9 messages" in lines) is (regions == ("001",))


def test_it_lives_and_says_304(story, kenji, signed_in):
    """Bars by channel in the reader's regions; nothing is sent twice."""
    one = story(scope=("EU",))
    client = signed_in(kenji)
    first = client.get("/now")
    assert first.status_code == 200
    assert client.get("/now", headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert first["ETag"].strip('"') in first.content.decode()
    one.send()
    told = client.get("/now", headers={"If-None-Match": first["ETag"]})
    assert told.status_code == 200
    assert "Handed over 11" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", told.content.decode()))


def test_nothing_of_another_region_runs_here(story, ana, signed_in):
    """A lead of Brazil sees no dispatch of the EU."""
    story(scope=("EU",), title="of Europe")
    assert "of Europe" not in read(signed_in(ana))


def test_what_has_ended_runs_no_more(story, kenji, signed_in):
    """Stopped or complete."""
    story(scope=("EU",), title="of Europe")
    assert "of Europe" in read(signed_in(kenji))
    Dispatch.objects.update(stopped_at=Dispatch.objects.get().launched_at)
    assert "of Europe" not in read(signed_in(kenji))


def test_what_is_wrong_is_said_in_words(kenji, signed_in):
    """Nobody works here: nothing would leave, and the page says so."""
    told = read(signed_in(kenji))
    assert "Something is wrong" in told
    assert "No worker is alive" in told
