"""What hurts asks again who one is, when the last proof is older than ten minutes."""

import time

import pytest
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory

from dispatcher.console.account import proof
from dispatcher.console.account.fresh import fresh
from tests.console.conftest import PASSWORD

LATER = proof.PROOF_LASTS + 60


def stale(client):
    """The same session, as it is eleven minutes later."""
    session = client.session
    for one in session["account_authentication_methods"]:
        one["at"] -= LATER
    session.save()
    return client


def test_signing_in_is_a_proof(signed_in, kenji):
    """Who has just signed in is not asked again."""
    assert signed_in(kenji).get("/account/password/").status_code == 200


def test_an_old_proof_is_asked_for_again_and_one_comes_back(signed_in, kenji):
    """The password is asked for, and then the page that was wanted."""
    client = stale(signed_in(kenji))
    answer = client.get("/account/password/")
    assert (answer.status_code, answer.url) == (
        302,
        "/account/prove/?next=%2Faccount%2Fpassword%2F",
    )
    answer = client.post("/account/prove/", {"password": PASSWORD, "next": "/account/password/"})
    assert (answer.status_code, answer.url) == (302, "/account/password/")
    assert client.get("/account/password/").status_code == 200


def test_a_form_that_comes_too_late_is_not_acted_on(signed_in, kenji):
    """Nothing changes; the person comes back to the page of the form."""
    client = stale(signed_in(kenji))
    told = {"password": "new-and-strange-9", "again": "new-and-strange-9"}
    answer = client.post(
        "/account/password/", told, headers={"Referer": "http://testserver/account/password/?x=1"}
    )
    assert answer.url == "/account/prove/?next=%2Faccount%2Fpassword%2F%3Fx%3D1"
    kenji.refresh_from_db()
    assert kenji.check_password(PASSWORD)


def test_a_path_of_two_slashes_is_no_other_host(signed_in, kenji):
    """The page that they came from, as its own address says, leads nowhere else."""
    answer = signed_in(kenji).post(
        "/account/prove/passkey/", headers={"Referer": "http://testserver//evil.example.com/x"}
    )
    assert answer.url == "/%2Fevil.example.com/x"


@pytest.mark.parametrize("referer", ["https://evil.example.com/x", "", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(signed_in, kenji, referer):
    """A page of somebody else that sends a form does not learn where to lead people."""
    answer = stale(signed_in(kenji)).post("/account/password/", headers={"Referer": referer})
    assert answer.url == "/account/prove/?next=%2F"


def test_a_wrong_password_proves_nothing_and_is_counted(signed_in, kenji):
    """After five slips the sixth waits, as at the door."""
    client = stale(signed_in(kenji))
    for _ in range(5):
        assert client.post("/account/prove/", {"password": "wrong"}).status_code == 200
    answer = client.post("/account/prove/", {"password": PASSWORD})
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    assert client.get("/account/password/").status_code == 302


def test_a_part_of_a_page_leads_the_whole_page_there(signed_in, kenji):
    """No form to prove oneself in the middle of a list."""
    answer = stale(signed_in(kenji)).get(
        "/account/password/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/account/"},
    )
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/account/prove/?next=%2Faccount%2F"


def test_somebody_elses_proof_in_the_same_browser_is_none(signed_in, kenji, mina):
    """Two people at one computer: each proves who they are."""
    client = signed_in(kenji)
    client.force_login(mina)
    assert client.get("/account/password/").status_code == 302


def test_strangers_are_the_other_locks_business():
    """`@fresh` alone lets nobody be asked for a proof who has not signed in."""
    request = RequestFactory().get("/")
    request.user = type("Nobody", (), {"is_authenticated": False})()
    assert fresh(lambda _: HttpResponse("seen"))(request).content == b"seen"


def test_the_proof_ages_by_the_clock(signed_in, kenji):
    """Nine minutes are fresh, eleven are not."""
    client = signed_in(kenji)
    now = time.time()
    with time_machine.travel(now + 540, tick=False):
        assert client.get("/account/password/").status_code == 200
    with time_machine.travel(now + 660, tick=False):
        assert client.get("/account/password/").status_code == 302
