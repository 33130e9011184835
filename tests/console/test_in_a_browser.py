"""The pages in a real browser: signing in, figures that move, accessibility, pictures to look at."""

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dispatcher.kit import links
from dispatcher.ledger.facts import Outcome
from dispatcher.ledger.models import Delivery
from tests.console.conftest import NASTY

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PICTURES = Path(__file__).parents[2] / "screenshots"
RULES = "{resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"


def look(page, name):
    """Keep a picture, ask axe, measure the width."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(f"axe.run({RULES})")["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("de", "light", 1440), ("fa", "dark", 320)],
)
def test_a_reader_confirms_with_one_button(story, browse, language, scheme, width):
    """In the language of the message, whatever the browser speaks; a wrong link says what to do."""
    one = story(people=[("DE", language, "sms")])
    [delivery_id] = one.send()["sms"]
    page = browse(language="en", scheme=scheme, width=width)
    page.goto(f"/a/{links.sign(delivery_id, purpose='acknowledge')}")
    assert page.get_attribute("html", "lang") == language
    look(page, f"acknowledge-{language}-{scheme}-{width}")
    page.click("button")
    expect(page.get_by_role("status")).to_be_visible()
    look(page, f"acknowledged-{language}-{scheme}-{width}")
    assert Delivery.objects.get(id=delivery_id).acknowledged_at
    page.goto("/a/not-ours")
    look(page, f"acknowledge-unknown-{scheme}-{width}")


@pytest.mark.parametrize(
    ("language", "before", "after", "delivered"),
    [
        ("en", "0 of 16 people reached", "3 of 16 people reached", "11 of 16 people reached"),
        ("fa", "۰ نفر از ۱۶ نفر", "۳ نفر از ۱۶ نفر", "۱۱ نفر از ۱۶ نفر"),
    ],
)
def test_the_page_lives_while_messages_leave(
    story, kenji, enter, language, before, after, delivered
):
    """Figures move by themselves; what the reader opened and where the focus is stay."""
    one = story()
    page = enter(kenji, language=language)
    answers = []
    page.on(
        "response", lambda told: answers.append(told.status) if told.url.endswith("/live") else None
    )
    page.goto("/dispatches/")
    page.click(".dispatches h2 a")
    expect(page.locator(".big")).to_contain_text(before)
    page.click("#fold-table-s")
    with page.expect_response(lambda told: told.url.endswith("/live") and told.status == 304):
        pass
    taken = one.send()
    expect(page.locator(".big")).to_contain_text(after)
    one.deliver(taken["sms"])
    expect(page.locator(".big")).to_contain_text(delivered)
    assert page.locator("#fold-table").get_attribute("open") is not None
    assert page.evaluate("document.activeElement.id") == "fold-table-s"
    expect(page.locator("#announce")).not_to_be_empty()
    assert set(answers) == {200, 304}


def test_figures_that_no_longer_move_say_so(story, kenji, enter):
    """A server that does not answer must not look like a calm moment."""
    page = enter(kenji)
    page.goto(f"/dispatches/{story().dispatch.pk}/")
    expect(page.locator("#stale")).to_be_hidden()
    page.route("**/live", lambda route: route.abort())
    expect(page.locator("#stale")).to_be_visible()
    page.unroute("**/live")
    expect(page.locator("#stale")).to_be_hidden()


def test_without_javascript_the_page_lives_too(story, kenji, enter):
    """It loads itself anew every five seconds."""
    one = story()
    page = enter(kenji, java_script_enabled=False)
    page.goto(f"/dispatches/{one.dispatch.pk}/")
    one.send()
    expect(page.locator(".big")).to_contain_text("3 of 16 people reached", timeout=9000)


def test_an_ended_session_leaves_the_report(story, kenji, enter):
    """The next poll leads to the sign-in page, not a form into the middle of the figures."""
    page = enter(kenji)
    page.goto(f"/dispatches/{story().dispatch.pk}/")
    page.context.clear_cookies(name="sessionid")
    page.wait_for_url("**/sign-in/?next=*")


def test_what_others_wrote_does_not_run(story, operator, enter):
    """Titles, codes and names with a script in them are letters."""
    one = story(title=NASTY)
    one.send(itertools.repeat(Outcome.refused(NASTY)))
    page = enter(operator("reader", "001", name=NASTY))
    page.on("dialog", lambda _: pytest.fail("a script ran"))
    page.goto(f"/dispatches/{one.dispatch.pk}/")
    expect(page.locator(".title")).to_have_text(NASTY)
    expect(page.locator(".whys").first).to_contain_text(NASTY)


def test_the_keyboard_is_enough(story, kenji, enter):
    """Skip link first; the menu of languages opens, closes with Escape, and gives the focus back."""
    story()
    page = enter(kenji)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("#languages-summary")
    page.keyboard.press("Enter")
    expect(page.locator(".sheet")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".sheet")).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "languages-summary"
    page.keyboard.press("Enter")
    page.focus("button[lang=ar]")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")


def test_paper_holds_what_the_screen_holds(story, kenji, enter):
    """In print the band stays, the tools go, and the folded table is there."""
    one = story()
    one.send()
    page = enter(kenji)
    page.goto(f"/dispatches/{one.dispatch.pk}/")
    page.emulate_media(media="print")
    expect(page.locator(".band")).to_be_visible()
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator("#fold-table td").first).to_be_visible()
    PICTURES.mkdir(exist_ok=True)
    page.set_viewport_size({"width": 794, "height": 1123})
    page.screenshot(path=PICTURES / "print.png", full_page=True)
