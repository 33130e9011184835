"""The five steps in a real browser, left to right and right to left."""

import pytest
from playwright.sync_api import expect

from dispatcher.alerts import compose
from dispatcher.alerts.models import Alert
from tests.alerts.conftest import FACTS
from tests.console.test_in_a_browser import look

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width", "scheme"), [("fa", 320, "dark")])
@pytest.mark.usefixtures("words", "people", "roles", "offices")
def test_from_nothing_to_the_offices(mina, enter, language, width, scheme):
    """A draft is begun by a double click, told, aimed, read, set, checked and submitted."""
    page = enter(mina, language=language, width=width, scheme=scheme)
    page.goto("/alerts/new/")
    look(page, f"alert-new-{language}-{scheme}-{width}")
    page.check("input[value=recall]")
    page.check("input[value=drill]")
    page.fill("input[name=title]", "Oats")
    page.dblclick("button.primary")
    page.wait_for_url("**/facts/")
    [alert] = Alert.objects.all()
    page.fill("[name='value:product~~']", "Morning Oats 500 g")
    page.fill("[name='source:product~~']", "Quality report 7")
    page.click("[name=verify][value='product~~']")
    page.wait_for_url("**/facts/#f-product--")
    expect(page.locator("fieldset.verified")).to_have_count(1)
    for name, value in FACTS.items():
        if name != "product":
            compose.set_fact(alert, by=mina, name=name, value=value, source="Quality report 7")
            compose.verify_fact(alert, by=mina, name=name)
    page.reload()
    look(page, f"alert-facts-{language}-{scheme}-{width}")
    page.click("button[value=next]")
    page.wait_for_url("**/audience/*")
    page.check("#id_everybody")
    expect(page.locator("#count .total")).to_be_visible()
    look(page, f"alert-audience-{language}-{scheme}-{width}")
    page.click("button[value=next]")
    page.wait_for_url("**/words/")
    page.reload()  # without what the last step said
    expect(page.locator("table.matrix").first).to_be_visible()
    look(page, f"alert-words-{language}-{scheme}-{width}")
    page.click("a.place[href$='/consumer/sms/fa/']")
    expect(page.locator(".glass")).to_have_attribute("dir", "rtl")
    look(page, f"alert-text-{language}-{scheme}-{width}")
    page.go_back()
    page.click(".onward .primary")
    page.wait_for_url("**/how/")
    expect(page.locator(".effects")).to_be_visible()
    look(page, f"alert-how-{language}-{scheme}-{width}")
    page.fill("input[name=expires]", "12")
    page.click("button[value=next]")
    page.wait_for_url("**/check/")
    page.reload()
    expect(page.locator(".ready")).to_be_visible()
    look(page, f"alert-check-{language}-{scheme}-{width}")
    page.click(".submit .primary")
    page.wait_for_url(f"**/alerts/{alert.pk}/")
    alert.refresh_from_db()
    assert (alert.state, alert.segment, alert.expires_after.total_seconds()) == (
        "pending", "everyone", 43200,
    )  # fmt: skip
    page.goto("/alerts/")
    look(page, f"alert-list-{language}-{scheme}-{width}")
