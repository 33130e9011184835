"""From the offices' yes to the report in a real browser, in both directions; pictures to look at."""

import itertools

import pytest
from playwright.sync_api import expect

from dispatcher.alerts import approve, compose
from dispatcher.ledger.facts import Outcome
from dispatcher.ledger.models import Dispatch
from tests.console.test_in_a_browser import look

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 320), ("en", "dark", 1440), ("fa", "light", 1440), ("fa", "dark", 320)],
)
def test_nothing_stands_in_the_way_of_who_decides(
    pending, mina, kenji, leila, enter, language, scheme, width
):
    """Axe and the screen's width: the alert with and without changes, each act, the home page."""
    page = enter(kenji, language=language, scheme=scheme, width=width)
    told = f"{language}-{scheme}-{width}"
    look(page, f"home-waits-{told}")
    page.goto(f"/alerts/{pending.pk}/?in={language}")
    look(page, f"alert-{told}")
    for act in ("return", "reject", "break-glass"):
        page.goto(f"/alerts/{pending.pk}/{act}")
        look(page, f"alert-{act}-{told}")
    compose.set_fact(pending, by=mina, name="product", value="Evening Oats 500 g", source="Lab")
    compose.verify_fact(pending, by=mina, name="product")
    approve.submit(pending, by=mina)
    page.goto(f"/alerts/{pending.pk}/")
    look(page, f"alert-changed-{told}")
    approve.send_back(pending, by=leila, office="counsel", reason="The hazard is not named")
    page.goto(f"/alerts/{pending.pk}/")
    look(page, f"alert-returned-{told}")


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_whole_way(pending, mina, kenji, leila, enter, language):
    """Two offices say yes, the author launches by words, pauses, resumes, stops, reads the report."""
    for who in (kenji, leila):
        page = enter(who, language=language)
        page.goto(f"/alerts/{pending.pk}/")
        page.click("#decide button.primary")
        page.wait_for_url(f"**/alerts/{pending.pk}/")
        expect(page.locator(".says")).to_be_visible()
    page = enter(mina, language=language)
    page.click(f"a[href='/alerts/{pending.pk}/launch']")
    page.fill("input[name=confirm]", "SEND REAL")
    page.click("form.fields button")
    expect(page.locator(".summary")).to_be_visible()
    look(page, f"launch-wrong-{language}")
    page.fill("input[name=confirm]", "DRILL")
    page.dblclick("form.fields button")
    page.wait_for_url("**/dispatches/*/")
    made = Dispatch.objects.get()
    page.goto(f"/alerts/{pending.pk}/launch")
    page.wait_for_url(f"**/dispatches/{made.pk}/")
    look(page, f"live-{language}")
    page.click(".when-running button")
    expect(page.locator("#report")).to_have_attribute("data-state", "paused")
    expect(page.locator(".when-running")).to_be_hidden()
    page.click(".when-paused button")
    expect(page.locator("#report")).not_to_have_attribute("data-state", "paused")
    page.click(".when-open")
    look(page, f"stop-{language}")
    page.click("button.danger")
    page.wait_for_url(f"**/dispatches/{made.pk}/")
    expect(page.locator("#report")).to_have_attribute("data-state", "stopped")
    expect(page.locator(".when-open")).to_be_hidden()
    page.click(f"a[href='/dispatches/{made.pk}/report/']")
    look(page, f"story-{language}")
    page.goto("/")
    look(page, f"home-after-{language}")


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 320), ("fa", "light", 320), ("fa", "dark", 1440)],
)
def test_nothing_stands_in_the_way_of_who_watches(story, kenji, enter, language, scheme, width):
    """The report, who is silent, one person's story, what stops and reminds; home while it runs."""
    one = story(scope=("EU",), mode="real" if scheme == "dark" else "drill")
    one.send(itertools.cycle([Outcome.taken("C"), Outcome.refused("30003"), Outcome.unsure("cut")]))
    page = enter(kenji, language=language, scheme=scheme, width=width)
    told = f"{language}-{scheme}-{width}"
    look(page, f"home-runs-{told}")
    for name, part in (
        ("live", ""), ("story", "report/"), ("silent", "unanswered"), ("person", "people/1"),
    ):  # fmt: skip
        page.goto(f"/dispatches/{one.dispatch.pk}/{part}")
        look(page, f"{name}-{told}")
    if scheme == "light":
        page.goto(f"/dispatches/{one.dispatch.pk}/report/")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 794, "height": 1123})
        look(page, f"story-print-{language}")
