"""From the offices' yes to the report in a real browser, in both directions; pictures to look at."""

import pytest
from playwright.sync_api import expect

from dispatcher.alerts import approve, compose
from dispatcher.ledger.models import Dispatch
from tests.console.test_in_a_browser import look

pytestmark = pytest.mark.browser


def test_what_has_changed_stands_in_nobodys_way(pending, mina, kenji, enter):
    """Who has looked before sees what is new; axe and the screen's width."""
    page = enter(kenji, language="fa", scheme="dark", width=320)
    page.goto(f"/alerts/{pending.pk}/")
    compose.set_fact(pending, by=mina, name="product", value="Evening Oats 500 g", source="Lab")
    compose.verify_fact(pending, by=mina, name="product")
    approve.submit(pending, by=mina)
    page.goto(f"/alerts/{pending.pk}/")
    expect(page.locator(".changed")).to_be_visible()
    look(page, "alert-changed-fa-dark-320")


def test_the_whole_way(pending, mina, kenji, leila, enter):
    """Two offices say yes, the author launches by words, pauses, resumes, stops, reads the report."""
    for who in (kenji, leila):
        page = enter(who)
        page.goto(f"/alerts/{pending.pk}/")
        page.click("#decide button.primary")
        page.wait_for_url(f"**/alerts/{pending.pk}/")
        expect(page.locator(".says")).to_be_visible()
    page = enter(mina)
    page.click(f"a[href='/alerts/{pending.pk}/launch']")
    page.fill("input[name=confirm]", "SEND REAL")
    page.click("form.fields button")
    expect(page.locator(".summary")).to_be_visible()
    look(page, "launch-wrong-en")
    page.fill("input[name=confirm]", "DRILL")
    page.dblclick("form.fields button")
    page.wait_for_url("**/dispatches/*/")
    made = Dispatch.objects.get()
    page.goto(f"/alerts/{pending.pk}/launch")
    page.wait_for_url(f"**/dispatches/{made.pk}/")
    look(page, "live-en")
    page.click(".when-running button")
    expect(page.locator("#report")).to_have_attribute("data-state", "paused")
    expect(page.locator(".when-running")).to_be_hidden()
    page.click(".when-paused button")
    expect(page.locator("#report")).not_to_have_attribute("data-state", "paused")
    page.click(".when-open")
    look(page, "stop-en")
    page.click("button.danger")
    page.wait_for_url(f"**/dispatches/{made.pk}/")
    expect(page.locator("#report")).to_have_attribute("data-state", "stopped")
    expect(page.locator(".when-open")).to_be_hidden()
    page.click(f"a[href='/dispatches/{made.pk}/report/']")
    look(page, "story-en")
    page.goto("/")
    look(page, "home-after-en")
