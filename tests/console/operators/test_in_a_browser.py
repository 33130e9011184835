"""Pictures of every page about who may act, and the way from an invitation to a colleague."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dispatcher.operators import keys, roster
from dispatcher.operators.roles import Role
from tests.console.test_in_a_browser import look

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1440), ("en", "dark", 320), ("fa", "dark", 1440), ("fa", "light", 320)],
)
def test_nothing_stands_in_anybodys_way(sofie, kenji, mina, story, enter, language, scheme, width):
    """Every page of the area, seen by axe and measured."""
    roster.appoint(kenji, roster.Seat("ceo"), by=sofie)
    roster.grant(mina, Role.TRANSLATOR, over=["001"], by=sofie, languages=["fa", "ar"])
    keys.make(kenji, note="nightly export")
    keys.invite(mina, by=sofie)
    one = story().dispatch
    type(one).objects.filter(pk=one.pk).update(
        state="complete", completed_at=one.launched_at - timedelta(days=500)
    )
    page = enter(sofie, language=language, scheme=scheme, width=width)
    for name, address in (
        ("operators", "/operators/"),
        ("operator", f"/operators/{kenji.pk}/"),
        ("operator-grant", f"/operators/{mina.pk}/grant/"),
        ("operator-invite", "/operators/invite/"),
        ("invitations", "/operators/invitations/"),
        ("offices", "/operators/offices/"),
        ("operator-keys", "/operators/keys/"),
        ("journal", "/operators/journal/"),
        ("carriers", "/operators/carriers/"),
        ("carrier-try", "/operators/carriers/drill/sandbox-twilio/"),
        ("keeping", "/operators/kept/"),
    ):
        page.goto(address)
        look(page, f"{name}-{language}-{scheme}-{width}")
    page.goto(f"/operators/{kenji.pk}/")
    page.click("form[action$='/link/'] button")
    look(page, f"hand-over-{language}-{scheme}-{width}")


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
