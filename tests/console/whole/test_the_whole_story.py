"""One drill from the first word to the report, by five people in five browsers, on the real road."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from playwright.sync_api import expect

from contacts.models import Role as Stakeholder
from dispatcher.alerts import compose
from dispatcher.alerts.models import Alert
from dispatcher.ledger.models import Dispatch
from dispatcher.operators import roster
from dispatcher.operators.roles import Role
from dispatcher.wording.models import WordingVersion
from tests.alerts.conftest import FACTS
from tests.console.test_in_a_browser import look
from tests.fanout.conftest import Road, road

__all__ = ["road"]
pytestmark = pytest.mark.browser
LATER = 20_000  # ms for a page that asks the whole registry on a loaded machine


@pytest.fixture
def offices(operator, sofie):
    """Kenji is the chief executive, Leila the counsel: both for the whole world."""
    made = []
    for username, name, office in (
        ("kenji.watanabe", "渡辺 健二", "ceo"),
        ("leila.haddad", "ليلى حداد", "counsel"),
    ):
        user = operator(username, "001", role=Role.APPROVER, name=name)
        roster.appoint(user, roster.Seat(office), by=sofie)
        made.append(user)
    return made


@pytest.fixture
def omid(operator, sofie):
    """Omid vouches for Persian."""
    user = operator("omid.karimi", name="امید کریمی", language="fa")
    roster.grant(user, Role.TRANSLATOR, over=["001"], by=sofie, languages=["fa"])
    return user


@pytest.mark.parametrize("language", ["en", "fa"])
def test_from_the_first_word_to_the_report(road: Road, mina, omid, offices, enter, language):
    """Composed, vouched for, returned, approved by two offices, launched once, watched, told."""
    Stakeholder.objects.get_or_create(key="customer", defaults={"title": "Customer", "position": 1})
    road.person(1, name="Greta Vogel")
    road.person(2, languages=("fa",), name="شیرین مرادی")
    road.person(3, languages=("en",), region="IE", name="Saoirse Byrne", phone="+353209100001")
    kenji, leila = offices

    lead = enter(mina, language=language)
    lead.set_default_timeout(LATER)
    number = compose_in_the_browser(lead, mina)
    look(lead, f"whole-check-{language}")
    vouch(enter(omid, language="fa"), omid)

    lead.click(f'form[action="/alerts/{number}/submit/"] button[type=submit]')
    lead.wait_for_url(f"**/alerts/{number}/")
    counsel = enter(leila, language=language, width=390)
    counsel.set_default_timeout(LATER)
    counsel.goto(f"/alerts/{number}/return")
    counsel.fill("textarea[name=reason]", "Name the lot in the first line.")
    counsel.click("main form button[type=submit]")
    counsel.wait_for_url(f"**/alerts/{number}/")
    assert Alert.objects.get(pk=number).state == "returned"

    lead.goto(f"/alerts/{number}/check/")
    lead.click(f'form[action="/alerts/{number}/submit/"] button[type=submit]')
    lead.wait_for_url(f"**/alerts/{number}/")
    boss = enter(kenji, language=language, width=390)
    boss.set_default_timeout(LATER)
    for page in (counsel, boss):
        page.goto(f"/alerts/{number}/")
        look(page, f"whole-decide-{language}") if page is boss else None
        page.click(f'form[action="/alerts/{number}/approve"] button[type=submit]')
        page.wait_for_load_state()
    assert Alert.objects.get(pk=number).state == "approved"

    lead.goto(f"/alerts/{number}/launch")
    look(lead, f"whole-launch-{language}")
    lead.fill("input[name=confirm]", "DRILL")
    lead.dblclick("main form button[type=submit]")
    lead.wait_for_url("**/dispatches/*/")
    dispatch = Dispatch.objects.get()
    work(road)
    road.until(dispatch, seconds=30, delivered=3)
    expect(lead.locator(".big b")).to_have_text(re.compile("3|۳"), timeout=LATER)
    look(lead, f"whole-live-{language}")
    lead.goto(f"/dispatches/{dispatch.pk}/report/")
    expect(lead.locator("main")).to_contain_text("3" if language == "en" else "۳")
    look(lead, f"whole-report-{language}")
    lead.go_back()
    lead.goto(f"/alerts/{number}/launch")
    lead.wait_for_url(f"**/dispatches/{dispatch.pk}/")
    assert Dispatch.objects.count() == 1


def work(road):
    """A worker's shift beside the browser's own loop, which holds this thread."""

    def shift():
        try:
            road.work(seconds=3, lane="routine")  # of every drill
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(shift).result()


def compose_in_the_browser(page, mina):
    """Steps one to five; most facts by the service, two by hand. The alert's number."""
    page.goto("/alerts/new/")
    page.check("input[name=scenario][value=recall]")
    page.check("input[name=part][value=first]")
    page.check("input[name=mode][value=drill]")
    page.fill("input[name=title]", "Oats, autumn drill")
    page.dblclick("main form button[type=submit]")
    page.wait_for_url("**/facts/")
    alert = Alert.objects.get()
    for name, value in FACTS.items():
        if name not in {"product", "lots"}:
            compose.set_fact(alert, by=mina, name=name, value=value, source="Quality report 7")
            compose.verify_fact(alert, by=mina, name=name)
    page.reload()
    page.fill('input[name="value:product~~"]', "Morning Oats 500 g")
    page.fill('textarea[name="value:lots~~"]', "L2301\nL2302")
    for name in ("product", "lots"):
        page.fill(f'input[name="source:{name}~~"]', "Quality report 7")
    page.locator('form#facts button[name="verify"][value="product~~"]').click()
    page.wait_for_load_state()
    page.locator('form#facts button[name="verify"][value="lots~~"]').click()
    page.wait_for_load_state()
    page.goto(f"/alerts/{alert.pk}/audience/?way=text")
    page.locator('button[name="go"][value="text"]').first.click()
    page.wait_for_load_state()
    page.fill("textarea[name=segment]", "region in 001")
    page.locator("main button.primary").first.click()
    page.wait_for_load_state()
    page.goto(f"/alerts/{alert.pk}/words/")
    expect(page.locator("table").first).to_be_visible()
    page.goto(f"/alerts/{alert.pk}/check/?whole=1")
    expect(page.locator(f'form[action="/alerts/{alert.pk}/submit/"]')).to_be_visible()
    return alert.pk


def vouch(page, omid):
    """A translator puts a name to the Persian text message."""
    page.set_default_timeout(LATER)
    page.goto("/words/text/recall.first.consumer/sms/fa/")
    page.click("#accept")
    page.wait_for_url("**/words/**")
    assert WordingVersion.objects.filter(voucher_id=omid.pk, wording__locale="fa").count() == 1
