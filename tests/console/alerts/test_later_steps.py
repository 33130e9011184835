"""Steps three to five: the words, the way, the check; then the offices are asked."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.alerts import compose, marks
from dispatcher.console.alerts import pace

HOW = {"fallback": "block", "default_language": "en", "quiet": "usual", "expires": "12"}


@given(
    st.dictionaries(st.sampled_from(["sms", "email", "push"]), st.integers(0, 10**6)),
    st.dictionaries(st.sampled_from(["a", "b"]), st.floats(0.1, 1000)),
)
def test_the_last_message_leaves_when_the_slowest_account_is_done(people, rates):
    """Accounts work side by side; channels of one account one after the other."""
    accounts = {"sms": "a", "email": "b", "push": "a"}
    flows = pace.flows(people, accounts=accounts, rates=rates)
    assert sum(flow.messages for flow in flows) == sum(people.values())
    unknown = any(flow.messages and flow.account not in rates for flow in flows)
    last = pace.last(flows)
    assert (last is None) == unknown
    if last is not None:
        assert last == max((f.messages / rates[f.account] for f in flows if f.messages), default=0)


def test_the_table_of_words(signed_in, mina, told):
    """It comes after the page, or with it; each text can be opened."""
    client = signed_in(mina)
    address = f"/alerts/{told.pk}/words/"
    assert "Looking at everybody" in client.get(address).content.decode()
    whole = client.get(f"{address}?whole=1").content.decode()
    assert "price not known" in whole
    assert f"{address}consumer/sms/fa/" in whole
    board = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in board
    assert "Consumers" in board


def test_a_text_as_its_readers_see_it(signed_in, mina, told):
    """Filled in for their region, in its direction, beside its source."""
    compose.set_fact(told, by=mina, name="product", value="جو صبحانه", language="fa")
    compose.set_fact(told, by=mina, name="line", value="+4917139200001", region="DE")
    address = f"/alerts/{told.pk}/words/consumer/sms/fa/"
    client = signed_in(mina)
    german = client.get(f"{address}?region=DE").content.decode()
    assert "جو صبحانه" in german
    assert "+49 171 39200001" in german
    assert "PRODUCT RECALL" in german
    assert "+44 20 7946 0123" in client.get(f"{address}?region=IE").content.decode()
    for wrong in ("consumer/fax/fa/", "nobody/sms/fa/", "consumer/sms/fa/?region=BR"):
        assert client.get(f"/alerts/{told.pk}/words/{wrong}").status_code == 404


def test_a_text_with_missing_facts_says_so(signed_in, mina, draft):
    """The gaps stay visible."""
    page = signed_in(mina).get(f"/alerts/{draft.pk}/words/consumer/sms/en/").content.decode()
    assert "{product}" in page
    page = signed_in(mina).get(f"/alerts/{draft.pk}/words/consumer/sms/de/").content.decode()
    assert "Nothing is written in this language yet." in page


def test_the_way_is_changed_and_its_effects_are_told(signed_in, mina, told):
    """Who gets nothing under the policy is counted."""
    client = signed_in(mina)
    address = f"/alerts/{told.pk}/how/"
    shown = client.get(f"{address}?whole=1").content.decode()
    assert "the last message would leave at about" in shown
    assert "as it is set" not in shown.split("gets nothing")[0][-200:]
    sent = {**HOW, "mark": marks.of_choices(told), "go": "next"}
    assert client.post(address, sent).headers["Location"] == f"/alerts/{told.pk}/check/"
    told.refresh_from_db()
    assert (told.fallback, told.expires_after) == ("block", timedelta(hours=12))
    assert (
        "1 of them gets nothing as it is set." in client.get(f"{address}?whole=1").content.decode()
    )


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"quiet": "own"}, "From when to when?"),
        ({"quiet": "own", "quiet_from": "21:00", "quiet_to": "21:00"}, "are no quiet hours"),
        ({"expires": "9999"}, "720"),
        ({"fallback": "pigeon"}, "pigeon"),
    ],
)
def test_what_is_wrong_with_the_way(signed_in, mina, told, sent, said):
    """Beside the field, and nothing is saved."""
    sent = {**HOW, "mark": marks.of_choices(told), **sent}
    answer = signed_in(mina).post(f"/alerts/{told.pk}/how/", sent)
    assert said in answer.content.decode()
    told.refresh_from_db()
    assert told.fallback == "default_language"


def test_two_tabs_do_not_destroy_the_way(signed_in, mina, told, operator):
    """Told who changed it; the way as it was saved stands."""
    greta = operator("greta.vogel", "EU", role="author", name="Greta Vogel")
    seen = marks.of_choices(told)
    compose.set_choices(told, by=greta, expires_after=timedelta(hours=6))
    page = signed_in(mina).post(f"/alerts/{told.pk}/how/", {**HOW, "mark": seen})
    assert "Greta Vogel has changed this" in page.content.decode()
    told.refresh_from_db()
    assert told.expires_after == timedelta(hours=6)
    mark = page.content.decode().split('name="mark" value="')[1].split('"')[0]
    assert signed_in(mina).post(f"/alerts/{told.pk}/how/", {**HOW, "mark": mark}).status_code == 302


def test_the_check_leads_to_what_mends(signed_in, mina, draft):
    """Each cause with the step, and the bar of steps learns of it."""
    compose.set_fact(draft, by=mina, name="product", value="Oats")
    client = signed_in(mina)
    page = client.get(f"/alerts/{draft.pk}/check/?whole=1").content.decode()
    assert "facts are missing:" in page
    assert "Lot numbers as printed on the pack" in page
    assert f'/alerts/{draft.pk}/facts/#f-lots--"' in page
    assert "something is missing" in client.get(f"/alerts/{draft.pk}/how/").content.decode()


def test_without_an_audience_the_check_says_so(signed_in, mina, told):
    """It breaks nowhere before step two."""
    compose.set_audience(told, by=mina)
    client = signed_in(mina)
    page = client.get(f"/alerts/{told.pk}/check/?whole=1").content.decode()
    assert "There is no audience yet" in page
    for step in ("words", "how"):
        assert client.get(f"/alerts/{told.pk}/{step}/?whole=1").status_code == 200


def submit(client, alert, **sent):
    """Press the button of the check page."""
    page = client.get(f"/alerts/{alert.pk}/check/").content.decode()
    mark = page.split('name="mark" value="')[1].split('"')[0]
    return client.post(f"/alerts/{alert.pk}/submit/", {"mark": mark, **sent})


def test_submitting_asks_the_offices_once(signed_in, mina, told):
    """A second click changes nothing; the page then holds no button."""
    client = signed_in(mina)
    assert submit(client, told).status_code == 302
    told.refresh_from_db()
    first = told.submitted_at
    assert told.state == "pending"
    assert client.post(f"/alerts/{told.pk}/submit/", {"mark": "x"}).status_code == 302
    told.refresh_from_db()
    assert (told.state, told.submitted_at) == ("pending", first)
    page = client.get(f"/alerts/{told.pk}/check/").content.decode()
    assert f"/alerts/{told.pk}/submit/" not in page
    assert "It is the turn of: Chief executive · Legal counsel" in page


def test_what_changed_under_ones_eyes_is_not_submitted(signed_in, mina, told):
    """One looks again first."""
    client = signed_in(mina)
    answer = submit(client, told, mark="what-i-saw")
    page = client.get(answer.headers["Location"]).content.decode()
    assert "not what you looked at any more" in page
    told.refresh_from_db()
    assert told.state == "draft"


def test_what_is_not_ready_is_not_submitted(signed_in, mina, draft):
    """Every cause is said."""
    client = signed_in(mina)
    answer = submit(client, draft)
    assert "is missing" in client.get(answer.headers["Location"]).content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize("step", ["audience", "audience/count", "words", "how", "check", "submit"])
def test_steps_of_alerts_elsewhere_are_not_there(signed_in, ana, draft, step):
    """404 for GET and POST alike (405 where the page has no such method)."""
    client = signed_in(ana)
    for method in ("get", "post"):
        assert getattr(client, method)(f"/alerts/{draft.pk}/{step}/").status_code in {404, 405}


def test_a_step_of_a_part_of_the_regions(signed_in, operator, told):
    """Who reads a part of the regions sees the part's figures, and no check of the whole."""
    client = signed_in(operator("greta.vogel", "DE", name="Greta Vogel"))
    page = client.get(f"/alerts/{told.pk}/check/?whole=1").content.decode()
    assert "reaches regions that you do not read" in page
    page = client.get(f"/alerts/{told.pk}/how/?whole=1").content.decode()
    assert "its figures are not shown" in page
    assert "the last message would leave" not in page
    figures = client.get(f"/alerts/{told.pk}/audience/?whole=1").content.decode()
    assert "Ireland" not in figures.split('id="count"')[1]
