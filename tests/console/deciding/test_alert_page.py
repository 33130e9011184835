"""The page of one alert: what goes out, what has changed since one looked, whose turn it is."""

import re

import pytest

from dispatcher.alerts import approve, compose, desk
from dispatcher.alerts.models import Approval, Look
from dispatcher.console import shelf
from dispatcher.kit.errors import Refused
from dispatcher.ledger import snapshots
from tests.console.conftest import NASTY


def read(client, alert, *, part=""):
    """The page's text without its tags."""
    answer = client.get(f"/alerts/{alert.pk}/{part}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def approve_as(client, alert, **given):
    told = {"seen": alert.fingerprint, "office": "", **given}
    return client.post(f"/alerts/{alert.pk}/approve", told)


def test_it_shows_what_exactly_goes_out(pending, kenji, signed_in):
    """The real words for real people, how many, the facts with their sources, who wrote it."""
    told = read(signed_in(kenji), pending)
    for sign in (
        "3 messages in 2 languages", "Morning Oats 500 g", "Quality report 7",
        "Verified by مینا رحیمی", "It is your turn", "Approve as Chief executive", "Greta Vogel",
    ):  # fmt: skip
        assert sign in told
    assert "بابک کریمی" in read(signed_in(kenji), pending, part="?in=fa")


def test_a_yes_is_for_what_was_seen(pending, kenji, signed_in):
    """It is on record with the fingerprint; the second office is asked next."""
    client = signed_in(kenji)
    assert approve_as(client, pending, office="ceo").status_code == 302
    assert "It is the turn of: Legal counsel" in read(client, pending)
    assert Approval.objects.get().fingerprint == pending.fingerprint


def test_what_changed_meanwhile_is_not_approved(pending, kenji, mina, signed_in):
    """The page that was open is of yesterday: nothing is said, and the way to the new one is."""
    client = signed_in(kenji)
    seen = pending.fingerprint
    compose.set_fact(pending, by=mina, name="stores", value="215", source="Quality report 8")
    compose.verify_fact(pending, by=mina, name="stores")
    approve.submit(pending, by=mina)
    for old in (seen, "", seen[:8]):
        answer = client.post(f"/alerts/{pending.pk}/approve", {"seen": old, "office": "ceo"})
        assert answer.status_code == 409
        assert "It changed while you were reading" in answer.content.decode()
    assert not Approval.objects.exists()


def test_the_next_look_shows_what_changed(pending, kenji, leila, mina, signed_in, client):
    """Words taken out and put in, for who has looked before; nothing for who looks first."""
    signed_in(kenji)
    assert "What has changed" not in read(client, pending)
    compose.set_fact(pending, by=mina, name="product", value="Evening Oats 500 g", source="Lab")
    compose.verify_fact(pending, by=mina, name="product")
    approve.submit(pending, by=mina)
    for _ in range(2):  # and once more when the page is loaded anew
        page = client.get(f"/alerts/{pending.pk}/").content.decode()
        assert re.search(r"<del>.*Morning</del>", page)
        assert re.search(r"<ins>.*Evening</ins>", page)
    client.post("/sign-out/")
    assert "What has changed" not in read(signed_in(leila), pending)
    assert Look.objects.count() == 3


def test_a_look_keeps_nobodys_name(pending, kenji, signed_in):
    """Texts, facts and counts; the people of the examples are not in it."""
    read(signed_in(kenji), pending)
    kept = str(Look.objects.values_list("texts", "people").get())
    assert "Greta" not in kept
    assert "+49171" not in kept


@pytest.mark.parametrize(
    ("who", "status"),
    [("kenji", 302), ("leila", 302), ("mina", 403), ("vera", 403), ("ana", 403), ("sofie", 403)],
)
def test_who_may_approve(pending, request, signed_in, who, status):
    """Who sits in an office that is asked; neither the author nor anybody else."""
    user = request.getfixturevalue(who)
    assert approve_as(signed_in(user), pending, office="ceo").status_code == status
    pending.refresh_from_db()
    assert Approval.objects.exists() is (status == 302)


def test_of_the_wrong_office_is_refused(pending, kenji, signed_in):
    """Kenji is the chief executive, not counsel."""
    answer = approve_as(signed_in(kenji), pending, office="counsel")
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.content.decode()


def test_nobody_fills_two_offices(pending, leila, signed_in):
    """Her second yes is refused, and her page says why instead of offering it."""
    client = signed_in(leila)
    assert "For which office" in read(client, pending)
    assert approve_as(client, pending, office="counsel").status_code == 302
    assert approve_as(client, pending, office="ceo").status_code == 403
    assert "another person must fill this one" in read(client, pending)


@pytest.mark.parametrize(("act", "state"), [("return", "returned"), ("reject", "rejected")])
def test_a_reason_goes_with_a_no(pending, kenji, signed_in, act, state):
    """Without one nothing happens; with one it is on record, and a second click is the first."""
    client = signed_in(kenji)
    there = f"/alerts/{pending.pk}/{act}"
    assert client.get(there).status_code == 200
    assert "Nothing was saved" in client.post(there, {"reason": " "}).content.decode()
    for _ in range(2):
        assert client.post(there, {"reason": "The lots are wrong"}).status_code == 302
    assert Approval.objects.count() == 1
    assert desk.find(pending.pk).state == state
    assert "The lots are wrong" in read(client, pending)


def test_glass_is_broken_with_a_reason_and_reviewed_by_another(
    pending, kenji, mina, client, signed_in
):
    """Mina passes over the offices; Kenji says his word about it; she cannot say hers."""
    signed_in(mina)
    client.post("/language/", {"language": "en"})
    there = f"/alerts/{pending.pk}/break-glass"
    assert "Chief executive, Legal counsel" in client.get(there).content.decode()
    told = {"reason": "Both are on a plane until the evening", "seen": pending.fingerprint}
    assert client.post(there, told | {"reason": "urgent"}).status_code == 200
    for _ in range(2):
        answer = client.post(there, told)
        assert answer.status_code == 302
    assert desk.find(pending.pk).state == "approved"
    assert Approval.objects.count() == 1
    assert client.post(f"/alerts/{pending.pk}/review", {"word": "Right"}).status_code == 403
    client.post("/sign-out/")
    signed_in(kenji)
    assert "Review broken glass" in read(client, pending)
    assert client.post(f"/alerts/{pending.pk}/review", {"word": "Right"}).status_code == 302
    assert "Reviewed by 渡辺 健二: Right" in read(client, pending)


def test_glass_is_broken_over_what_was_seen(pending, mina, leila, client, signed_in):
    """The page was open while its author changed the alert: nothing was said about that one."""
    signed_in(mina)
    there, told = f"/alerts/{pending.pk}/break-glass", {"reason": "Nobody answers the phone"}
    assert f'name="seen" value="{pending.fingerprint}"' in client.get(there).content.decode()
    compose.set_fact(pending, by=mina, name="stores", value="99", source="Sales")
    compose.verify_fact(pending, by=mina, name="stores")
    changed = approve.submit(pending, by=mina)
    assert changed.fingerprint != pending.fingerprint
    for seen in ({"seen": pending.fingerprint}, {}):
        assert client.post(there, told | seen).status_code == 409
    with pytest.raises(Refused, match="changed_since_seen"):
        approve.break_glass(changed, by=leila, seen=pending.fingerprint, **told)
    assert desk.find(pending.pk).state == "pending"


def test_an_approver_of_another_region_sees_nothing(pending, operator, signed_in):
    """404, as if it were not there; the acts say no more."""
    other = operator("rui.lopes", "BR", role="approver")
    client = signed_in(other)
    assert client.get(f"/alerts/{pending.pk}/").status_code == 404
    assert approve_as(client, pending, office="ceo").status_code in {403, 404}


def test_who_sees_a_part_gets_no_totals_of_the_whole(pending, mina, operator, signed_in):
    """A viewer of Germany reads the facts for Germany, and no figure of Ireland."""
    for region in ("IE", "DE"):
        compose.set_fact(
            pending, by=mina, name="line", value="+4930123125" + str(ord(region[0])),
            region=region, source="Quality",
        )  # fmt: skip
    told = read(signed_in(operator("hans", "DE")), pending)
    assert "reaches further than your regions" in told
    assert "Saoirse" not in told
    assert "Ireland" not in told
    assert "Germany" in told


def test_nothing_that_others_wrote_runs(pending, kenji, signed_in):
    """Reasons and titles are letters."""
    client = signed_in(kenji)
    client.post(f"/alerts/{pending.pk}/return", {"reason": NASTY})
    page = client.get(f"/alerts/{pending.pk}/").content.decode()
    assert NASTY not in page
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page)


@pytest.mark.parametrize("number", [0, 999_999, 10**17, 10**40])
def test_an_alert_that_is_not_there_is_not_found(kenji, signed_in, number):
    """Also where the number is longer than a database's."""
    assert signed_in(kenji).get(f"/alerts/{number}/").status_code == 404


def test_a_large_audience_is_looked_at_afterwards(pending, kenji, signed_in, monkeypatch):
    """The page opens without it, nobody can say yes to what is not there, and it is kept."""
    monkeypatch.setattr(snapshots, "SMALL", 0)
    monkeypatch.setattr(shelf, "REST", 0)
    client = signed_in(kenji)
    page = client.get(f"/alerts/{pending.pk}/").content.decode()
    assert 'hx-get="?whole=1"' in page
    assert "Morning Oats" in page, "the facts are there"
    assert "Approve as" not in page
    assert not Look.objects.exists()
    whole = client.get(f"/alerts/{pending.pk}/?whole=1").content.decode()
    assert "Approve as" in whole
    assert "As of" in whole
    assert Look.objects.count() == 1
    assert "Approve as" in client.get(f"/alerts/{pending.pk}/").content.decode()
    compose.reopen(pending, by=pending.author)
    assert 'hx-get="?whole=1"' in client.get(f"/alerts/{pending.pk}/").content.decode()
