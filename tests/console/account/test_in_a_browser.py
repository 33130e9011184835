"""Passkeys with a virtual authenticator, and pictures of every page of the account."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from dispatcher.operators import keys, roster
from tests.console.conftest import PASSWORD
from tests.console.test_in_a_browser import look

pytestmark = pytest.mark.browser


def authenticator(page):
    """A device that knows its owner's finger."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip


def signed_out(page):
    page.click("form.who button")
    page.wait_for_url("**/sign-in/")


def make_stale():
    """Every proof is eleven minutes older."""
    for row in Session.objects.all():
        held = row.get_decoded()
        for one in held.get("account_authentication_methods", []):
            one["at"] = time.time() - 660
        store = SessionStore(row.session_key)
        store.update(held)
        store.save()


def test_a_passkey_is_added_and_signs_in_and_proves(kenji, enter):
    """Made on the account page; then no name, no password, no code."""
    page = enter(kenji)
    authenticator(page)
    page.goto("/account/passkeys/add/")
    page.click("form.passkey button")
    page.wait_for_url("**/account/codes/")
    assert page.locator(".codes li").count() == 10
    signed_out(page)
    page.click("form.passkey button")
    page.wait_for_url("**/")
    expect(page.locator("form.who")).to_contain_text("渡辺 健二")
    make_stale()
    page.goto("/account/password/")
    page.wait_for_url("**/account/prove/?next=*")
    page.click("form.passkey button")
    page.wait_for_url("**/account/password/")


def test_a_passkey_is_the_second_step_after_a_password(kenji, enter):
    """The password alone does not do any more."""
    page = enter(kenji)
    authenticator(page)
    page.goto("/account/passkeys/add/")
    page.click("form.passkey button")
    page.wait_for_url("**/account/codes/")
    signed_out(page)
    page.fill("input[name=name]", kenji.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button.primary")
    page.wait_for_url("**/sign-in/second/")
    page.click("form.passkey button")
    page.wait_for_url("**/")
    expect(page.locator("form.who")).to_contain_text("渡辺 健二")


def test_a_passkey_that_was_removed_lets_nobody_in(kenji, enter):
    """The device still has it; the page says that it is not known."""
    page = enter(kenji)
    authenticator(page)
    page.goto("/account/passkeys/add/")
    page.click("form.passkey button")
    page.wait_for_url("**/account/codes/")
    signed_out(page)
    Authenticator.objects.all().delete()
    page.click("form.passkey button")
    page.wait_for_url("**/sign-in/")
    expect(page.get_by_role("alert").first).to_be_visible()


def test_an_invited_person_makes_a_passkey_and_is_in(sofie, browse):
    """Nothing to remember from the first day on."""
    lina = roster.add("lina.farahani", by=sofie, name="لینا فراهانی", language="fa")
    shown = keys.invite(lina, by=sofie)
    page = browse(language="fa")
    authenticator(page)
    page.goto(f"/enter/{shown.text}/")
    page.click("form.passkey button")
    page.wait_for_url("**/")
    expect(page.locator("form.who")).to_contain_text("لینا فراهانی")
    page.goto(f"/enter/{shown.text}/")
    expect(page.locator("main")).not_to_contain_text("lina.farahani")


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1440), ("en", "dark", 320), ("fa", "dark", 1440), ("fa", "light", 320)],
)
def test_nothing_stands_in_anybodys_way(kenji, sofie, enter, language, scheme, width):
    """Every page of the account, seen by axe and measured."""
    page = enter(kenji, language=language, scheme=scheme, width=width)
    keys.make(kenji, note="nightly export on the report server")
    told = f"{language}-{scheme}-{width}"
    for name, address in (
        ("account-app", "/account/app/add/"),
        ("account-passkey", "/account/passkeys/add/"),
        ("account-key", "/account/keys/make/"),
        ("account-myself", "/account/myself/"),
        ("account-password", "/account/password/"),
    ):
        page.goto(address)
        look(page, f"{name}-{told}")
    TOTP.activate(kenji, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    RecoveryCodes.activate(kenji)
    for name, address in (
        ("account", "/account/"),
        ("account-codes", "/account/codes/"),
        ("account-confirm", "/account/app/remove/"),
    ):
        page.goto(address)
        look(page, f"{name}-{told}")
    make_stale()
    page.goto("/account/password/")
    look(page, f"account-prove-{told}")
    signed_out(page)
    page.fill("input[name=name]", kenji.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button.primary")
    page.fill("input[name=code]", "000000")
    page.click("main button.primary")
    look(page, f"second-step-{told}")
    lina = roster.add("lina.farahani", by=sofie, name="لینا فراهانی", language=language)
    page.goto(f"/enter/{keys.link(kenji, by=sofie).text}/")
    look(page, f"link-{told}")
    page.goto(f"/enter/{keys.invite(lina, by=sofie).text}/")
    page.fill("input[name=password]", "short")
    page.click("main form:not(.passkey) button")
    look(page, f"invitation-{told}")
    page.goto("/enter/dk_00000000_x/")
    look(page, f"link-gone-{told}")
