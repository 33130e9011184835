"""Pictures of every page about who may act, and the way from an invitation to a colleague."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_colleague_is_invited_and_comes(sofie, enter, browse):
    """The admin hands a link over; with it the other chooses a password and is in."""
    page = enter(sofie)
    page.goto("/operators/")
    page.click("a.primary")
    page.fill("input[name=name]", "Tomás Reyes")
    page.fill("input[name=username]", "tomas.reyes")
    page.check("input[value=translator]")
    page.check("input[value=es]")
    page.click("main button.primary")
    address = page.locator("code.secret").inner_text()
    other = browse()
    other.goto(address.partition("/enter/")[1] + address.partition("/enter/")[2])
    other.fill("input[name=password]", "new-and-strange-9")
    other.fill("input[name=again]", "new-and-strange-9")
    other.click("main form:not(.passkey) button")
    expect(other.locator("form.who")).to_contain_text("Tomás Reyes")
    page.goto("/operators/?q=tomas")
    expect(page.locator(".people")).to_contain_text("Translator")
