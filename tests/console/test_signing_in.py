"""Who comes in, how often one may try, and in which language the pages then speak."""

import pytest
from django.urls import URLPattern, reverse
from django.urls.converters import IntConverter

from dispatcher.console import urls
from dispatcher.console.account import throttle
from dispatcher.console.valkey import client as memory_client
from dispatcher.operators import roster
from dispatcher.operators.models import JournalEntry
from tests.console.conftest import PASSWORD

OPEN = {"sign-in", "sign-in-passkey", "sign-out", "language", "enter", "enter-passkey"}
"""Doors that strangers may knock at: they show nothing that is anybody's."""


def slip(client, name="kenji.watanabe", **headers):
    return client.post("/sign-in/", {"name": name, "password": "wrong"}, **headers)


def patterns() -> list[URLPattern]:
    return [one for one in urls.urlpatterns if isinstance(one, URLPattern)]


@pytest.mark.parametrize("name", sorted({str(one.name) for one in patterns()} - OPEN))
def test_a_stranger_is_sent_to_the_sign_in_page_and_back(client, db, name):  # noqa: ARG001
    """Every page has the lock."""
    wanted = next(one for one in patterns() if one.name == name).pattern.converters
    fits = {key: "1" if isinstance(kind, IntConverter) else "x" for key, kind in wanted.items()}
    address = reverse(f"console:{name}", kwargs=fits)
    answer = client.get(address)
    if answer.status_code == 405:
        answer = client.post(address)
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/sign-in/")


def test_a_poll_of_an_ended_session_leaves_the_page(client, db):  # noqa: ARG001
    """No sign-in form is put into the middle of a report."""
    answer = client.get("/dispatches/1/live", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/?next=%2F")


def test_signing_in_is_noted_and_leads_where_one_wanted_to_go(client, kenji):
    """The journal says who came in."""
    answer = client.post(
        "/sign-in/?next=/dispatches/7/",
        {"name": kenji.username, "password": PASSWORD, "next": "/dispatches/7/"},
    )
    assert (answer.status_code, answer.url) == (302, "/dispatches/7/")
    assert JournalEntry.objects.get(what="operators.signed_in", about=f"operator:{kenji.pk}")


@pytest.mark.parametrize(
    "onward", ["https://evil.example.com/", "//evil.example.com", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_host(client, kenji, onward):
    """An open redirect is a phisher's friend."""
    answer = client.post(
        "/sign-in/", {"name": kenji.username, "password": PASSWORD, "next": onward}
    )
    assert answer.url == "/"


def test_a_wrong_password_and_an_unknown_name_look_alike(client, kenji):
    """Nobody learns who works here."""
    texts = {
        slip(client, name).content.count(b"is not right") for name in (kenji.username, "nobody")
    }
    assert texts == {1}


def test_after_five_slips_even_the_right_password_waits(client, kenji):
    """The sixth try is refused unread, and says how long to wait."""
    for _ in range(throttle.PER_PERSON):
        assert slip(client).status_code == 200
    answer = client.post("/sign-in/", {"name": kenji.username, "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= throttle.WINDOW


def test_somebody_elses_slips_elsewhere_do_not_lock_me_out(client, kenji):
    """The count is of a name from an address."""
    for _ in range(throttle.PER_PERSON + 1):
        slip(client, REMOTE_ADDR="203.0.113.9")
    answer = client.post("/sign-in/", {"name": kenji.username, "password": PASSWORD})
    assert answer.status_code == 302


def test_a_stranger_behind_our_proxy_locks_nobody_else_out(client, kenji, settings):
    """All come from the proxy; who they are is what it adds, not what they say before that."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    right = {"name": kenji.username, "password": PASSWORD}
    for n in range(throttle.PER_PERSON + 1):
        slip(client, headers={"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.9"})
    stranger = client.post("/sign-in/", right, headers={"X-Forwarded-For": "203.0.113.9"})
    assert stranger.status_code == 429
    answer = client.post("/sign-in/", right, headers={"X-Forwarded-For": "203.0.113.10"})
    assert answer.status_code == 302


def test_without_a_proxy_nobody_chooses_their_address(client, kenji):
    """A header that anybody can write is no address."""
    for n in range(throttle.PER_PERSON):
        slip(client, headers={"X-Forwarded-For": f"198.51.100.{n}"})
    answer = slip(client, headers={"X-Forwarded-For": "198.51.100.77"})
    assert answer.status_code == 429
    assert kenji


def test_the_right_password_forgives_earlier_slips(client, kenji):
    """Four slips in the morning and four in the afternoon are not eight."""
    for _ in range(2):
        for _ in range(throttle.PER_PERSON - 1):
            slip(client)
        answer = client.post("/sign-in/", {"name": kenji.username, "password": PASSWORD})
        assert answer.status_code == 302
        client.post("/sign-out/")


def test_what_people_type_is_not_kept_in_plain(client, db, memory):  # noqa: ARG001
    """Passwords land in the field of the name."""
    slip(client, "my-secret-password")
    assert not [key for key in memory.keys() if b"secret" in key]  # noqa: SIM118  # of Valkey


def test_without_valkey_people_still_get_in(client, kenji, settings):
    """On the worst day the door opens; scrypt stays slow."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    memory_client.cache_clear()
    answer = client.post("/sign-in/", {"name": kenji.username, "password": PASSWORD})
    assert answer.status_code == 302
    memory_client.cache_clear()


def test_who_was_switched_off_is_out_at_once(signed_in, kenji, sofie):
    """An open session ends with the account."""
    client = signed_in(kenji)
    assert client.get("/dispatches/").status_code == 200
    roster.switch_off(kenji, by=sofie)
    assert client.get("/dispatches/").status_code == 302


def test_signing_out_takes_a_post(signed_in, kenji):
    """A link or a picture in a mail signs nobody out."""
    client = signed_in(kenji)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/dispatches/").status_code == 302


def test_the_pages_speak_the_persons_own_language(signed_in, mina):
    """Mina's tools speak Persian, from right to left."""
    page = " ".join(signed_in(mina).get("/dispatches/").content.decode().split())
    assert '<html lang="fa" dir="rtl">' in page
    assert "ارسال‌ها" in page


def test_a_language_picked_on_the_device_wins(client, signed_in, mina):
    """Thirteen to pick from; the pick outlives the sign-in."""
    assert client.get("/sign-in/").content.decode().count('name="language"') == 13
    client.post("/language/", {"language": "pt-br", "next": "/sign-in/"})
    page = " ".join(signed_in(mina).get("/dispatches/").content.decode().split())
    assert '<html lang="pt-br" dir="ltr">' in page


def test_a_language_that_the_console_lacks_falls_back(signed_in, sofie):
    """Sofie's Swedish is not among the thirteen: English, not an error."""
    assert '<html lang="en"' in signed_in(sofie).get("/").content.decode()
