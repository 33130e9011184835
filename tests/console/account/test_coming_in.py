"""Links that work once, invitations, the second step, devices and keys: the ways in and their ends."""

import logging
import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from dispatcher.console.account import devices
from dispatcher.operators import keys, roster
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import JournalEntry, Key
from tests.console.account.finding import caught
from tests.console.conftest import PASSWORD

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_TIME, RFC_CODE = 2_000_000_000, "279037"
"""RFC 6238, appendix B, SHA-1, the last six of its eight digits."""
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"


def link_of(shown):
    return f"/enter/{shown.text}/"


@pytest.fixture
def with_app(kenji):
    """Kenji's app shows the codes of the RFC."""
    TOTP.activate(kenji, RFC_SECRET)
    RecoveryCodes.activate(kenji)
    return kenji


@pytest.fixture
def first_step(client, with_app):
    """The password was right."""
    answer = client.post("/sign-in/", {"name": with_app.username, "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/sign-in/second/")
    return client


# --- Links ---------------------------------------------------------------------------------------


def test_looking_at_a_link_spends_nothing(client, sofie, kenji):
    """A messenger's preview opens it too; the button lets one in."""
    at = link_of(keys.link(kenji, by=sofie))
    for _ in range(3):
        assert "渡辺 健二" in client.get(at).content.decode()
    assert client.get("/").status_code == 302
    answer = client.post(at)
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/").status_code == 200
    line = JournalEntry.objects.get(what="operators.signed_in")
    assert (line.who, line.facts) == (kenji.username, {"how": "link"})


def test_a_link_works_once(client, sofie, kenji):
    """The second who brings it is told that it is gone."""
    at = link_of(keys.link(kenji, by=sofie))
    assert client.post(at).status_code == 302
    other = Client()
    assert other.get(at).status_code == 410
    assert other.post(at).status_code == 410
    assert other.get("/").status_code == 302


@pytest.mark.parametrize(
    ("make", "lasts"), [(keys.link, keys.LINK_LASTS), (keys.invite, keys.INVITATION_LASTS)]
)
def test_what_is_too_old_opens_nothing(client, sofie, kenji, make, lasts):
    """Links live for half an hour, invitations for three days."""
    shown = make(kenji, by=sofie)
    assert client.get(link_of(shown)).status_code == 200
    Key.objects.filter(pk=shown.key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert shown.key.expires_at - timezone.now() <= lasts
    assert client.get(link_of(shown)).status_code == 410
    told = {"password": "new-and-strange-9", "again": "new-and-strange-9"}
    assert client.post(link_of(shown), told).status_code == 410


def test_a_personal_key_is_no_link(client, kenji):
    """What the command line acts with opens no page."""
    assert client.post(link_of(keys.make(kenji))).status_code == 410


def test_a_new_link_makes_the_old_one_worthless(client, sofie, kenji):
    """Only the last one that was made is somewhere unread."""
    old = keys.link(kenji, by=sofie)
    keys.link(kenji, by=sofie)
    assert client.post(link_of(old)).status_code == 410


def test_only_an_admin_makes_links_for_others(kenji, mina):
    """Everybody else makes their own."""
    assert keys.link(mina, by=mina).key.user == mina
    with pytest.raises(NotAllowed):
        keys.link(kenji, by=mina)
    with pytest.raises(NotAllowed):
        keys.invite(kenji, by=mina)


def test_a_link_does_not_replace_the_second_factor(client, sofie, with_app):
    """Who made the link is not let in by it alone."""
    answer = client.post(link_of(keys.link(with_app, by=sofie)))
    assert answer.url == "/sign-in/second/"
    assert client.get("/").status_code == 302


def test_a_link_changes_who_is_signed_in(signed_in, sofie, kenji, mina):
    """The page says so, and nothing of the other session is left."""
    client = signed_in(mina)
    at = link_of(keys.link(kenji, by=sofie))
    assert "مینا رحیمی" in client.get(at).content.decode()
    client.post(at)
    assert "渡辺 健二" in client.get("/account/").content.decode()


def test_many_tries_wait(client, db):  # noqa: ARG001
    """Somebody who guesses links is slowed down like somebody who guesses passwords."""
    answers = [client.get(f"/enter/dk_{n:08x}_x/").status_code for n in range(101)]
    assert (set(answers[:100]), answers[100]) == ({410}, 429)


# --- Invitations ---------------------------------------------------------------------------------


def test_an_invited_person_sets_a_password_and_is_in(client, sofie):
    """The pages speak the person's language; the invitation is spent."""
    lina = roster.add("lina.farahani", by=sofie, name="لینا فراهانی", language="fa")
    at = link_of(keys.invite(lina, by=sofie))
    assert '<html lang="fa"' in client.get(at).content.decode()
    told = {"password": "new-and-strange-9", "again": "new-and-strange-9"}
    answer = client.post(at, told)
    assert (answer.status_code, answer.url) == (302, "/account/")
    page = " ".join(client.get("/account/").content.decode().split())
    assert '<html lang="fa" dir="rtl">' in page
    lina.refresh_from_db()
    assert lina.check_password("new-and-strange-9")
    assert Client().post(at, told).status_code == 410


@pytest.mark.parametrize(
    ("password", "again"),
    [("short", "short"), ("password1", "password1"), ("new-and-strange-9", "another-strange-9")],
)
def test_a_bad_password_spends_no_invitation(client, sofie, kenji, password, again):
    """One may try again."""
    at = link_of(keys.invite(kenji, by=sofie))
    answer = client.post(at, {"password": password, "again": again})
    assert (answer.status_code, b'role="alert"' in answer.content) == (200, True)
    assert client.get(at).status_code == 200


def test_an_invitation_gives_no_passkey_to_who_has_a_second_factor(client, sofie, with_app):
    """It would be a way around that factor."""
    at = link_of(keys.invite(with_app, by=sofie))
    assert b"data-passkey" not in client.get(at).content
    assert client.get(f"{at}passkey/").status_code == 403
    told = {"password": "new-and-strange-9", "again": "new-and-strange-9"}
    assert client.post(at, told).url == "/sign-in/second/"


# --- The second step -----------------------------------------------------------------------------


def test_the_password_alone_lets_nobody_in(first_step):
    """Between the steps one is nobody."""
    assert first_step.get("/").status_code == 302
    assert first_step.get("/account/").status_code == 302


def test_the_code_of_the_moment_lets_one_in_once(with_app):
    """The same digits again are refused for as long as they would fit."""
    with time_machine.travel(RFC_TIME, tick=False) as clock:
        for seconds, through in ((0, True), (20, False), (29, False)):
            clock.move_to(RFC_TIME + seconds)
            client = Client()
            client.post("/sign-in/", {"name": with_app.username, "password": PASSWORD})
            answer = client.post("/sign-in/second/", {"code": RFC_CODE})
            assert (answer.status_code == 302) is through


@pytest.mark.parametrize(
    ("seconds", "through"), [(-59, False), (-30, True), (29, True), (61, False)]
)
def test_a_phones_clock_may_be_a_little_off(with_app, seconds, through):
    """The step before and the step after fit, no other."""
    cache.clear()
    with time_machine.travel(RFC_TIME + seconds, tick=False):
        client = Client()
        client.post("/sign-in/", {"name": with_app.username, "password": PASSWORD})
        answer = client.post("/sign-in/second/", {"code": RFC_CODE})
    assert (answer.status_code == 302) is through


@pytest.mark.parametrize("again", ["279-037", "2 79037", "(279037)", "279037\u00a0"])
def test_a_code_written_otherwise_is_the_same_code(with_app, again):
    """Allauth forgets a code after thirty seconds, and it fits for sixty more."""
    for after, code in ((0, RFC_CODE), (35, again)):
        with time_machine.travel(RFC_TIME + after, tick=False):
            client = Client()
            client.post("/sign-in/", {"name": with_app.username, "password": PASSWORD})
            client.post("/sign-in/second/", {"code": code})
            assert client.get("/").status_code == (200 if after == 0 else 302)


def test_a_recovery_code_lets_one_in_once(first_step, with_app):
    """In place of the phone that was lost."""
    found = Authenticator.objects.get(user=with_app, type="recovery_codes")
    code = found.wrap().get_unused_codes()[0]
    assert (
        first_step.post("/sign-in/second/", {"code": f"{code[:4]} {code[4:]}"}).status_code == 302
    )
    assert first_step.get("/").status_code == 200
    found.refresh_from_db()
    assert code not in found.wrap().get_unused_codes()


def test_codes_cannot_be_guessed_at_leisure(first_step, with_app):
    """After five wrong ones even the right one waits, from wherever it comes; the journal says so."""
    for n in range(5):
        assert first_step.post("/sign-in/second/", {"code": f"{n:06}"}).status_code == 200
    with time_machine.travel(time.time()):
        code = Authenticator.objects.get(user=with_app, type="recovery_codes").wrap()
        answer = first_step.post(
            "/sign-in/second/", {"code": code.get_unused_codes()[0]}, REMOTE_ADDR="203.0.113.7"
        )
    assert answer.status_code == 200
    assert JournalEntry.objects.filter(what="operators.second_step_failed").count() == 6


def test_the_first_step_grows_old(first_step):
    """After ten minutes it begins anew."""
    with time_machine.travel(time.time() + 660):
        answer = first_step.get("/sign-in/second/")
    assert (answer.status_code, answer.url) == (302, "/sign-in/")


def test_who_was_let_go_between_the_steps_stays_out(first_step, with_app, sofie):
    """The account is asked for again."""
    roster.switch_off(with_app, by=sofie)
    assert first_step.post("/sign-in/second/", {"code": "000000"}).url == "/sign-in/"


def test_a_stolen_copy_of_the_database_shows_no_secret(with_app, settings):
    """Secrets lie there encrypted; with another SECRET_KEY no code fits any more."""
    [app, recovery] = (
        Authenticator.objects.filter(user=with_app)
        .order_by("type")
        .values_list("data", flat=True)[::-1]
    )
    assert RFC_SECRET not in str(app)
    assert not re.fullmatch("[0-9a-f]{80}", recovery["seed"])
    settings.SECRET_KEY = "another"
    with time_machine.travel(RFC_TIME, tick=False):
        found = Authenticator.objects.get(user=with_app, type="totp")
        assert not found.wrap().validate_code(RFC_CODE)


# --- Devices -------------------------------------------------------------------------------------


def test_devices_are_listed_and_ended(kenji):
    """The other one is out at once, this one stays."""
    here, there = Client(HTTP_USER_AGENT=CHROME), Client(HTTP_USER_AGENT="Firefox (Android)")
    for one in (here, there):
        one.post("/sign-in/", {"name": kenji.username, "password": PASSWORD})
    page = here.get("/account/").content.decode()
    assert "Chrome on Linux" in page
    assert "Firefox on Android" in page
    other = UserSession.objects.get(user_agent__startswith="Firefox")
    at = f"/account/devices/{other.pk}/end/"
    assert here.get(at).status_code == 200
    assert there.get("/").status_code == 200
    assert here.post(at).status_code == 302
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_nobody_ends_somebody_elses_session(signed_in, kenji, mina):
    """The number of another's session does nothing."""
    theirs = Client()
    theirs.post("/sign-in/", {"name": mina.username, "password": PASSWORD})
    number = UserSession.objects.get(user=mina).pk
    signed_in(kenji).post(f"/account/devices/{number}/end/")
    assert theirs.get("/").status_code == 200


def test_a_new_password_signs_out_everywhere_else(signed_in, kenji):
    """Who had the old one is out."""
    theirs = Client()
    theirs.post("/sign-in/", {"name": kenji.username, "password": PASSWORD})
    mine = signed_in(kenji)
    told = {"password": "new-and-strange-9", "again": "new-and-strange-9"}
    assert mine.post("/account/password/", told).status_code == 302
    assert (mine.get("/").status_code, theirs.get("/").status_code) == (200, 302)
    assert UserSession.objects.filter(user=kenji).count() == 1


def test_signing_out_forgets_the_device(signed_in, kenji):
    """It is no longer in the list."""
    signed_in(kenji).post("/sign-out/")
    assert not UserSession.objects.filter(user=kenji).exists()


def test_a_device_is_seen_every_five_minutes_and_not_by_polls(signed_in, kenji):
    """One write in five minutes, none for what the page asks by itself."""
    client = signed_in(kenji)
    old = timezone.now() - 2 * devices.GRAIN
    UserSession.objects.update(last_seen_at=old)
    client.get("/account/", headers={"HX-Request": "true"})
    assert UserSession.objects.get().last_seen_at == old
    client.get("/account/")
    assert UserSession.objects.get().last_seen_at > old


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("curl/8", "An unknown browser"),
        ("<script>alert(1)</script>", "An unknown browser"),
    ],
)  # fmt: skip
def test_a_browser_has_a_short_name(agent, name):
    """Two words that its owner knows again; nothing of what it says reaches the page."""
    assert devices.called(agent) == name


# --- Keys ----------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_made_once(signed_in, kenji):
    """The form sent twice makes one key."""
    client = signed_in(kenji)
    page = client.get("/account/keys/make/").content.decode()
    told = {"note": "nightly export", "ticket": caught('name="ticket" value="([^"]+)"', page)}
    made = client.post("/account/keys/make/", told)
    text = caught("(dk_[0-9a-f]{8}_[A-Za-z0-9_-]+)", made.content.decode())
    assert keys.check(text) == kenji
    assert client.post("/account/keys/make/", told).status_code == 302
    assert kenji.keys.count() == 1
    assert text not in client.get("/account/").content.decode()


def test_nobody_revokes_somebody_elses_key_from_their_own_page(signed_in, kenji, mina):
    """It is not there for them."""
    theirs = keys.make(mina).key
    assert signed_in(kenji).post(f"/account/keys/{theirs.prefix}/revoke/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_no_secret_reaches_a_log(client, sofie, kenji, caplog):
    """Not the link, not the password, not the code; also where something goes wrong."""
    shown = keys.link(kenji, by=sofie)
    client.post(link_of(shown))
    client.post(link_of(shown))
    strict = Client(enforce_csrf_checks=True)
    strict.post(link_of(keys.link(kenji, by=sofie)), {"password": "my-secret-password"})
    strict.post("/sign-in/", {"name": kenji.username, "password": "my-secret-password"})
    [written] = [one for one in logging.getLogger().handlers if one.name == "out"]
    said = "\n".join(written.format(record) for record in caplog.records)
    assert re.search(r"/enter/(…|\\u2026)", said)
    assert not re.search("dk_[0-9a-f]{8}_[A-Za-z0-9-]", said)
    assert "my-secret-password" not in said
