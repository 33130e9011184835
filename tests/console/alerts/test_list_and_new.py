"""The list of alerts and the beginning of one."""

import pytest

from dispatcher.alerts import approve, compose
from dispatcher.alerts.models import Alert


def begin(client, **sent):
    """Send the page of a new alert as a browser does."""
    page = client.get("/alerts/new/").content.decode()
    ticket = page.split('name="ticket" value="')[1].split('"')[0]
    return client, {"ticket": ticket, "scenario": "recall", "part": "first", **sent}


@pytest.mark.parametrize("mode", ["drill", "real"])
def test_an_alert_begins(signed_in, mina, mode):
    """It leads to its facts and reaches as far as its author."""
    client, sent = begin(signed_in(mina), mode=mode, title="Oats")
    answer = client.post("/alerts/new/", sent)
    [alert] = Alert.objects.all()
    assert answer.headers["Location"] == f"/alerts/{alert.pk}/facts/"
    assert (alert.mode, alert.title, alert.scope) == (mode, "Oats", ["EU"])


def test_a_double_click_makes_one(signed_in, mina):
    """The second click leads to the same draft."""
    client, sent = begin(signed_in(mina), mode="drill")
    places = {client.post("/alerts/new/", sent).headers["Location"] for _ in range(3)}
    assert len(places) == Alert.objects.count() == 1


def test_nobody_slips_into_the_real_thing(signed_in, mina):
    """Neither is chosen beforehand, and one must be."""
    client, sent = begin(signed_in(mina))
    answer = client.post("/alerts/new/", sent)
    assert "Choose: a drill, or the real thing." in answer.content.decode()
    assert not Alert.objects.exists()


def test_what_follows_keeps_scenario_mode_and_facts(signed_in, mina, told):
    """Of an earlier alert; only the part and the title are asked."""
    client = signed_in(mina)
    page = client.get(f"/alerts/new/?follows={told.pk}&part=update").content.decode()
    ticket = page.split('name="ticket" value="')[1].split('"')[0]
    client.post(
        f"/alerts/new/?follows={told.pk}",
        {"ticket": ticket, "part": "update", "title": "Oats, news"},
    )
    made = Alert.objects.get(follows=told)
    assert (made.part, made.mode) == ("update", "drill")
    assert made.facts.filter(name="product").exists()
    page = client.get(f"/alerts/{made.pk}/facts/").content.decode()
    assert "for the alert that this one follows" in page


@pytest.mark.parametrize("page", ["facts", "cancel", "reopen", "resume"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_elsewhere_is_not_there(signed_in, ana, draft, page, method):
    """404 for alerts of other regions, whatever is asked."""
    status = getattr(signed_in(ana), method)(f"/alerts/{draft.pk}/{page}/").status_code
    assert status in {404, 405}
    assert signed_in(ana).get("/alerts/99999/facts/").status_code == 404


def test_the_list_says_whose_turn_it_is(signed_in, mina, told, offices):
    """To the author, to an office that is asked, and to who sees another region."""
    assert "You are writing it." in signed_in(mina).get("/alerts/").content.decode()
    approve.submit(told, by=mina)
    page = signed_in(offices[0]).get("/alerts/").content.decode()
    assert "Your turn." in page
    assert "Waits for these offices: Chief executive · Legal counsel" in page
    approve.approve(told, by=offices[0], office="ceo")
    page = signed_in(offices[0]).get("/alerts/").content.decode()
    assert "Your turn." not in page
    assert "Waits for this office: Legal counsel" in page
    approve.send_back(told, by=offices[1], reason="Name the lots.")
    page = signed_in(mina).get("/alerts/").content.decode()
    assert "Sent back" in page
    assert "Name the lots." in page


def test_the_list_holds_what_the_reader_may_see(signed_in, ana, mina, draft):
    """Nothing of other regions, and pages by number."""
    assert "Oats" not in signed_in(ana).get("/alerts/").content.decode()
    for number in range(26):
        compose.compose("recall", by=mina, mode="drill", title=f"Draft {number}")
    client = signed_in(mina)
    page = client.get("/alerts/").content.decode()
    assert "Draft 25" in page
    assert ">Oats<" not in page
    assert ">Oats<" in client.get(f"/alerts/?before={draft.pk + 2}").content.decode()


def test_giving_up_asks_once(signed_in, mina, draft):
    """GET asks, POST does, a second POST says that it is done."""
    client = signed_in(mina)
    address = f"/alerts/{draft.pk}/cancel/"
    assert client.get(address).status_code == 200
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert client.post(address, {"reason": "wrong product"}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "cancelled"
    assert "cannot become" in client.post(address, {}).content.decode()


def test_changing_what_was_submitted_asks_once_more(signed_in, mina, told, offices):
    """The page warns and holds no fields; taking it back voids the approvals."""
    approve.submit(told, by=mina)
    approve.approve(told, by=offices[0], office="ceo")
    client = signed_in(mina)
    page = client.get(f"/alerts/{told.pk}/facts/").content.decode()
    assert "approvals that were given are void" in page
    assert 'name="value:product~~"' not in page
    assert client.get(f"/alerts/{told.pk}/reopen/").status_code == 200
    told.refresh_from_db()
    assert told.state == "pending"
    client.post(f"/alerts/{told.pk}/reopen/?to=facts")
    told.refresh_from_db()
    assert told.state == "draft"
    assert not told.approvals.filter(void_at=None).exists()
