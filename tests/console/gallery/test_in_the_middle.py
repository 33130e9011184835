"""A line that is lost, a session that ends, two clicks, the way back, two tabs: for each step."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, expect

from tests.console.conftest import PASSWORD
from tests.console.gallery import middle
from tests.console.gallery.camera import LIGHTS

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
DESK = LIGHTS[1]
FIRST = {"facts", "launching", "desk"}
"""Steps that the default run walks; `./dispatch gallery` walks all."""


def every(only=None):
    """The steps, those outside the default run marked."""
    for make in middle.STEPS:
        marks = [] if make.__name__ in FIRST else [pytest.mark.gallery]
        if only is None or make.__name__ in only:
            yield pytest.param(make, id=make.__name__, marks=marks)


def opened(camera, step):
    """The step's page, before a context of its own."""
    camera.heard.clear()
    page = camera.open(DESK, step.who, session=str(id(step)))
    page.goto(step.path)
    return page


@pytest.mark.parametrize("make", every())
def test_a_lost_line_loses_nothing(town, camera, make):
    """The page says that nothing was sent and keeps what was typed; then two clicks are one."""
    step = make(town)
    page = opened(camera, step)
    step.fill(page)
    page.context.set_offline(True)
    page.click(step.button)
    expect(page.locator("#no-line")).to_be_visible()
    assert (step.kept(page), step.done()) == ([], 0)
    page.context.set_offline(False)
    expect(page.locator("#no-line")).to_be_hidden()
    page.dblclick(step.button, no_wait_after=True)
    page.wait_for_load_state()
    expect(page.locator(".summary")).to_have_count(0)
    assert step.done() == 1
    page.go_back()
    expect(page.locator("main h1").first).to_be_visible()
    expect(page.locator("#kept-back")).to_be_hidden()
    assert step.done() == 1
    page.close()


@pytest.mark.parametrize("make", every())
def test_an_answer_that_is_lost_is_asked_for_again(town, camera, make):
    """The server had it; going back and sending once more changes nothing, or says that it was done."""
    step = make(town)
    page = opened(camera, step)
    step.fill(page)
    with middle.answer_lost(page):
        page.click(step.button, no_wait_after=True)
        page.wait_for_timeout(700)
    assert step.done() == 1
    try:
        page.goto(step.path)
    except Error:  # the error page of the browser is still on its way
        page.goto(step.path)
    if page.locator(step.button).count() and page.locator(step.button).first.is_visible():
        page.click(step.button)
        page.wait_for_load_state()
    expect(page.locator("main h1").first).to_be_visible()
    assert step.done() == 1
    page.close()


@pytest.mark.parametrize("make", every())
def test_an_ended_session_comes_back_to_the_form(town, camera, make):
    """Signed in again, one stands before the form as it was filled; nothing was done meanwhile."""
    step = make(town)
    page = opened(camera, step)
    step.fill(page)
    page.context.clear_cookies(name="sessionid")
    page.click(step.button)
    page.wait_for_url(lambda url: urlsplit(url).path == "/sign-in/")
    assert step.done() == 0
    page.fill("input[name=name]", town.users[step.who].username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: urlsplit(url).path == step.path.partition("?")[0])
    if any(text.startswith("/") for _, text in step.typed):
        step.fill(page)  # a browser gives no page a file back
    assert step.kept(page) == []
    if step.typed and make is not middle.file:
        expect(page.locator("#kept-back")).to_be_visible()
    page.click(step.button)
    page.wait_for_load_state()
    assert step.done() == 1
    page.close()


@pytest.mark.parametrize("make", every())
def test_the_second_tab_is_told_of_the_first(town, camera, make):
    """What the first one did stands; the second one hears of it, and overwrites nothing unseen."""
    step = make(town)
    first, second = opened(camera, step), opened(camera, step)
    step.fill(first)
    step.fill(second, other=True)
    first.click(step.button)
    first.wait_for_load_state()
    assert step.done() == 1
    if make in {middle.begin, middle.file}:
        return  # two beginnings are two
    second.click(step.button)
    second.wait_for_load_state()
    assert step.done() == 1
    if step.told:
        expect(second.locator("main")).to_contain_text(step.told)
        expect(second.locator(".summary")).to_be_visible()
    first.close()
    second.close()
