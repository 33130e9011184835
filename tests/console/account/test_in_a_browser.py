"""Passkeys with a virtual authenticator, and pictures of every page of the account."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from dispatcher.operators import keys, roster
from tests.console.conftest import PASSWORD

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
