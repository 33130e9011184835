"""The launch: words that are typed, a fresh proof, and one dispatch however often one presses."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from dispatcher.alerts import launch
from dispatcher.alerts.models import Alert, Approval
from dispatcher.ledger.models import Dispatch


def press(client, alert, words="DRILL"):
    return client.post(f"/alerts/{alert.pk}/launch", {"confirm": words})


def test_it_says_how_much_leaves_and_what_to_type(approved, mina, signed_in):
    """Messages, languages, channels, how long it takes, and the words."""
    client = signed_in(mina)
    client.post("/language/", {"language": "en"})
    told = re.sub(r"<[^>]+>", "", client.get(f"/alerts/{approved.pk}/launch").content.decode())
    for sign in ("3 messages leave", "SMS: 2", "E-mail: 1", "Persian: 1", "DRILL"):
        assert sign in re.sub(r"\s+", " ", told)


@pytest.mark.parametrize("typed", ["", "drill", "SEND REAL", "REAL"])
def test_other_words_send_nothing(approved, mina, signed_in, typed):
    """Letter for letter; the page comes back and says what to type."""
    assert press(signed_in(mina), approved, typed).status_code == 409
    assert not Dispatch.objects.exists()


def test_the_real_thing_has_words_of_its_own(approved):
    """What launches a drill never launches the real thing, and the other way round."""
    real = Alert(pk=approved.pk, mode=Alert.REAL)
    assert launch.words(real) == f"SEND REAL {approved.pk}"
    assert launch.words(approved) == "DRILL"


def test_a_second_press_and_the_back_button_lead_to_the_dispatch(approved, mina, signed_in):
    """One dispatch; the page of the launch is gone once it has left."""
    client = signed_in(mina)
    there = {press(client, approved)["Location"] for _ in range(3)}
    there.add(client.get(f"/alerts/{approved.pk}/launch")["Location"])
    assert there == {f"/dispatches/{Dispatch.objects.get().pk}/"}


def test_an_old_proof_is_asked_for_again(approved, mina, client):
    """Signed in since the morning is not enough; nothing leaves."""
    client.force_login(mina)
    answer = press(client, approved)
    assert answer.status_code == 302
    assert "prove" in answer["Location"]
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("kenji", 403), ("vera", 403), ("ana", 404)])
def test_who_is_no_author_there_does_not_launch(approved, request, signed_in, who, status):
    """Approvers and viewers may not; of another region it is not there."""
    client = signed_in(request.getfixturevalue(who))
    assert client.get(f"/alerts/{approved.pk}/launch").status_code == status
    assert press(client, approved).status_code in {403, 404}
    assert not Dispatch.objects.exists()


def test_what_is_not_approved_has_no_words(pending, mina, signed_in):
    """The page says why, and offers nothing to press."""
    client = signed_in(mina)
    page = client.get(f"/alerts/{pending.pk}/launch").content.decode()
    assert 'name="confirm"' not in page
    assert press(client, pending).status_code == 409
    assert not Dispatch.objects.exists()


def test_what_changed_after_approval_does_not_leave(approved, mina, signed_in):
    """A change behind the services' backs: refused at the last moment, with a sentence."""
    Alert.objects.filter(pk=approved.pk).update(stance="regrets")
    answer = press(signed_in(mina), approved)
    assert answer.status_code == 409
    assert not Dispatch.objects.exists()


@pytest.fixture
def eight(transactional_db):  # noqa: ARG001  # threads see only what is committed
    """Do the same thing from eight threads at once."""

    def press_all(act):
        def one(_):
            try:
                return act(Client())
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(one, range(8)))

    return press_all


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_launch_once(eight, approved, mina, signed_in):
    """Eight tabs, one dispatch, and all of them are led to it."""
    session = signed_in(mina).cookies["sessionid"].value

    def act(client):
        client.cookies["sessionid"] = session
        return press(client, approved)

    answers = eight(act)
    assert {answer.status_code for answer in answers} == {302}
    assert {a["Location"] for a in answers} == {f"/dispatches/{Dispatch.objects.get().pk}/"}


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_approve_once(eight, pending, kenji, signed_in):
    """One yes, whoever is quick."""
    session = signed_in(kenji).cookies["sessionid"].value
    told = {"seen": pending.fingerprint, "office": "ceo"}

    def act(client):
        client.cookies["sessionid"] = session
        return client.post(f"/alerts/{pending.pk}/approve", told).status_code

    assert set(eight(act)) == {302}
    assert Approval.objects.count() == 1
