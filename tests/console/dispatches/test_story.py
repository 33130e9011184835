"""The report: what was decided and what happened, in order; what it cost; the same on paper."""

import itertools
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import translation

from dispatcher.alerts import desk, launch, prices
from dispatcher.console.dispatches import printing, seen, telling
from dispatcher.ledger import tally
from dispatcher.ledger.entries import finish
from dispatcher.ledger.facts import Outcome
from dispatcher.operators import journal
from dispatcher.reports.cost import cost


def read(client, one, part="report/"):
    answer = client.get(f"/dispatches/{one.dispatch.pk}/{part}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_story_is_told_in_order(story, kenji, mina, signed_in):
    """Journal and ledger on one line of time: begun, launched, first message, stop."""
    one = story(scope=("EU",))
    alert = desk.find(one.dispatch.number)
    journal.note(mina, "alerts.launched", one.dispatch.alert_ref)
    taken = one.send(most=9)
    one.deliver(taken["sms"])
    launch.stop(alert, by=mina, reason="The lots were wrong")
    told = read(signed_in(kenji), one)
    order = [told.index(sign) for sign in ("Launched ·", "Stopped for good", "The lots were wrong")]
    assert order == sorted(order)
    assert "A carrier took the first message" in told


def test_a_region_is_judged_when_its_time_is_over(story, kenji, signed_in):
    """What has left may still be confirmed within the time that the scenario gives."""
    one = story(scope=("EU",))
    one.send()
    finish()
    client = signed_in(kenji)
    assert "missed" not in read(client, one)
    with connection.cursor() as cursor:
        cursor.execute("update ledger_dispatch set launched_at = launched_at - interval '2 hours'")
    assert "missed" in read(client, one)


def test_of_nobody_no_time_is_told(story):
    """Nobody was reached: no share of them has a time, however many were written to."""
    one = story(scope=("EU",))
    one.send(itertools.cycle([Outcome.refused("30003"), Outcome.taken("C")]))
    whole = next(
        r for r in tally.reach(one.dispatch.pk, within=1800, regions=["DE", "FR"]) if not r.region
    )
    assert (whole.reached, whole.p50, whole.p90, whole.p99) == (0, None, None, None)
    assert whole.people == 11


def test_it_says_what_could_not_be_known(story, kenji, signed_in):
    """Unknowns and what was done about them, reasons, and that the objective is open."""
    one = story(scope=("EU",))
    one.send([Outcome.unsure("timeout"), Outcome.refused("30003")] * 20)
    told = read(signed_in(kenji), one)
    for sign in (
        "What was not certain",
        "Unknown, and asked about",
        "switched off",
        "price not known",
    ):
        assert sign in told


def test_who_sees_a_part_is_told_nothing_of_the_rest(story, mina, signed_in):
    """No region, language or cost of Brazil for a lead of the EU."""
    one = story()
    one.send()
    client = signed_in(mina)
    client.post("/language/", {"language": "en"})
    told = read(client, one)
    assert "Germany" in told
    assert "Brazil" not in told.replace("Português Brasileiro", "")
    assert "further than your regions" in told


@pytest.fixture
def german(sofie, settings):
    """A part to Germany costs eight cents."""
    settings.CARRIERS = {"drill": {"twilio": {"carrier": "twilio"}}, "real": {}}
    prices.put("twilio", "DE", amount="0.08", currency="EUR", by=sofie)


def test_what_it_cost_is_told_where_the_price_is_known(story, german):  # noqa: ARG001
    """Seven messages to Germany and Bavaria, one of nowhere without a price."""
    one = story()
    one.send()
    found = cost(one.dispatch, regions=None)
    assert found.amounts == {"EUR": Decimal("0.56")}
    assert found.unpriced == {"": 1}
    assert cost(one.dispatch, regions=["FR"]).messages == 0


@pytest.mark.parametrize("part", ["report/", "report.pdf"])
def test_of_elsewhere_it_is_not_there(story, ana, signed_in, part):
    """404 for whoever reads no region of it, and where there is none."""
    one = story(scope=("EU",))
    client = signed_in(ana)
    assert client.get(f"/dispatches/{one.dispatch.pk}/{part}").status_code == 404
    assert client.get(f"/dispatches/{2**70}/{part}").status_code == 404


@pytest.mark.skipif(not telling.PRINTS, reason="the extra `pdf` is not installed")
def test_on_paper_it_is_a_file(story, kenji, signed_in):
    """A PDF with the mode in its name; nothing is fetched for it."""
    one = story(scope=("EU",), title='"><img src="http://evil.example.com/x">')
    one.send()
    finish()
    answer = signed_in(kenji).get(f"/dispatches/{one.dispatch.pk}/report.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"] == f'attachment; filename="drill-{one.dispatch.pk}.pdf"'


@pytest.mark.parametrize(("language", "digits"), [("en", "decimal"), ("fa", "persian")])
def test_paper_counts_its_pages_as_the_language_writes_numbers(story, kenji, language, digits):
    """In Persian no Latin digit stands below a page of Persian ones."""
    found = seen.find(kenji, story(scope=("EU",)).dispatch.pk)
    assert found
    with translation.override(language):
        assert f"counter(page, {digits})" in telling._paper(found)


@pytest.mark.skipif(not telling.PRINTS, reason="the extra `pdf` is not installed")
def test_it_is_typeset_once_for_all_who_see_the_same(
    story, kenji, operator, signed_in, monkeypatch
):
    """A button that is pressed all day costs one page; the browser that has it gets no second."""
    made = []

    def written(html: str) -> bytes:
        made.append(html)
        return b"%PDF-1"

    monkeypatch.setattr(printing, "written", written)
    one = story(scope=("EU",))
    one.send()
    finish()
    address = f"/dispatches/{one.dispatch.pk}/report.pdf"
    client = signed_in(kenji)
    first, again = client.get(address), client.get(address)
    assert (first.content, again.content, len(made)) == (b"%PDF-1", b"%PDF-1", 1)
    known = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    other = signed_in(operator("ida.moen", "EU"))
    other.get(address)
    assert len(made) == 1


@pytest.mark.skipif(not telling.PRINTS, reason="the extra `pdf` is not installed")
def test_one_person_has_one_typeset_at_a_time(story, kenji, signed_in, monkeypatch):
    """In whatever languages they ask; the second press says so and can be repeated."""
    one, client = story(scope=("EU",)), signed_in(kenji)
    address, told = f"/dispatches/{one.dispatch.pk}/report.pdf", []

    def slowly(_html):
        told.append(client.get(address, headers={"Accept-Language": "fa"}).status_code)
        return b"%PDF-1"

    monkeypatch.setattr(printing, "written", slowly)
    assert client.get(address).status_code == 200
    assert told == [503]
    monkeypatch.setattr(printing, "written", lambda _html: b"%PDF-2")
    assert client.get(address, headers={"Accept-Language": "fa"}).status_code == 200


def test_without_the_extra_there_is_no_paper(story, kenji, signed_in, monkeypatch):
    """The button is gone, the address is not found."""
    monkeypatch.setattr(telling, "PRINTS", False)
    one = story(scope=("EU",))
    client = signed_in(kenji)
    assert "report.pdf" not in client.get(f"/dispatches/{one.dispatch.pk}/report/").content.decode()
    assert client.get(f"/dispatches/{one.dispatch.pk}/report.pdf").status_code == 404
