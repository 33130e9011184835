"""The pages of words in a real browser, in both directions."""

import pytest
from playwright.sync_api import expect

from dispatcher.wording.models import WordingVersion
from tests.console.words.test_words import at, elif_, few_texts, omid, shelf

__all__ = ["elif_", "few_texts", "omid", "shelf"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shelf")]


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
