"""The pages of words in a real browser, in both directions."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dispatcher.wording.models import WordingVersion
from tests.console.test_in_a_browser import look
from tests.console.words.test_words import KEY, at, elif_, few_texts, held, omid, shelf

__all__ = ["elif_", "few_texts", "omid", "shelf"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shelf")]


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1440), ("fa", "dark", 1440), ("en", "dark", 320), ("fa", "light", 320)],
)
def test_every_page_of_words_can_be_used(omid, enter, language, scheme, width):
    """Axe finds nothing, nothing is wider than the screen."""
    page = enter(omid, language=language, scheme=scheme, width=width)
    for name, address in (
        ("shelf", reverse("console:words")),
        ("desk", at("fa", "email")),
        ("draft", reverse("console:words-draft", args=[KEY])),
        ("source", reverse("console:words-source", args=[KEY, "sms"])),
        ("new", reverse("console:words-new")),
        ("glossary", reverse("console:words-glossary")),
        ("trade", reverse("console:words-trade")),
        ("scenarios", reverse("console:words-scenarios")),
        ("countries", reverse("console:words-countries")),
        ("return", reverse("console:words-return", args=[held("fa").pk])),
    ):
        page.goto(address)
        look(page, f"words-{name}-{language}-{scheme}-{width}")


def test_a_translator_needs_no_mouse(omid, elif_, enter):
    """Write, see the checks change while writing, save by Ctrl + Enter; another one accepts."""
    page = enter(omid, language="fa")
    page.goto(at())
    box = page.locator("textarea[name=text]")
    box.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" \u202e")
    expect(page.locator("#judged .finding.refuse").first).to_be_visible()
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.type("\nاین پیام رسمی است.")
    expect(page.locator("#judged .finding.refuse")).to_have_count(0)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator(".says")).to_be_visible()
    other = enter(elif_, language="en")
    other.goto(at())
    other.click("#accept")
    other.wait_for_url("**/words/text/**")
    mine = WordingVersion.objects.filter(wording__locale="fa", voucher_id=elif_.pk)
    assert mine.exists()
