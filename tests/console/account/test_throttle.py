"""How often somebody may try: counted at once, longer each time, and nobody is locked out."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from dispatcher.console.account import known, throttle
from tests.console.conftest import PASSWORD

NAME = "kenji.watanabe"


def slip(client, address="203.0.113.9", name=NAME, password="wrong"):  # noqa: S107  # nobody's
    return client.post("/sign-in/", {"name": name, "password": password}, REMOTE_ADDR=address)


@pytest.mark.usefixtures("memory")
def test_of_many_at_once_no_more_are_let_through():
    """One script counts and decides: forty attempts in the same moment are five."""
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: throttle.wait("kenji", address="203.0.113.9"), range(40)))
    assert told.count(0) == throttle.PER_PERSON


def test_each_wait_is_twice_the_last(memory):
    """Half a minute, a minute, two … a quarter of an hour at most, also when nobody asks between."""
    for _ in range(throttle.PER_PERSON):
        assert throttle.wait("kenji", address="203.0.113.9") == 0
    waits = []
    for _ in range(8):
        waits.append(throttle.wait("kenji", address="203.0.113.9"))
        for key in memory.keys("console:sign-in:*:wait"):
            memory.delete(key)
        assert throttle.wait("kenji", address="203.0.113.9") == 0
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_a_name_tried_from_everywhere_is_still_ones_own(kenji):
    """Forty addresses: each stranger has one slip then, and the person's own right word opens."""
    for n in range(throttle.PER_NAME + 10):
        slip(Client(), f"198.51.100.{n}")
    stranger = Client()
    assert slip(stranger, "192.0.2.1").status_code == 200
    assert slip(stranger, "192.0.2.1").status_code == 429
    answer = slip(Client(), "192.0.2.2", kenji.username, PASSWORD)
    assert answer.status_code == 302


def test_a_known_device_passes_a_stranger_at_the_next_desk(kenji):
    """The office's address is shut; who has come in from this device before comes in."""
    mine = Client()
    assert slip(mine, password=PASSWORD).status_code == 302
    mine.post("/sign-out/")
    for n in range(throttle.PER_ADDRESS + 1):
        throttle.wait(f"somebody.{n}", address="203.0.113.9")
    for _ in range(throttle.PER_PERSON):
        throttle.wait(NAME, address="203.0.113.9")
    assert slip(Client(), password=PASSWORD).status_code == 429
    assert slip(mine, password=PASSWORD).status_code == 302
    assert kenji.username not in mine.cookies[known.COOKIE].value


def test_a_known_device_is_known_for_its_people_only(kenji, mina):
    """And a cookie that somebody made is none."""
    mine = Client()
    slip(mine, password=PASSWORD)
    mine.post("/sign-out/")
    for _ in range(throttle.PER_PERSON):
        slip(mine, name=mina.username)
    assert slip(mine, name=mina.username, password=PASSWORD).status_code == 429
    mine.cookies[known.COOKIE] = mine.cookies[known.COOKIE].value + "x"
    for _ in range(throttle.PER_PERSON):
        slip(mine)
    assert slip(mine, password=PASSWORD).status_code == 429
    assert kenji


def test_a_network_is_what_one_customer_is_given():
    """Who has 2^64 addresses of IPv6 has one count."""
    assert throttle.network_of("2001:db8:1:2:3::9") == "2001:db8:1:2::/64"
    assert throttle.network_of("203.0.113.9") == "203.0.113.9"


def test_looking_takes_nobodys_passwords_away(kenji):
    """A hundred looks at links and challenges for passkeys, and the password still opens."""
    for _ in range(60):
        Client().get("/enter/dk_00000000_x/", REMOTE_ADDR="203.0.113.9")
        Client().get("/sign-in/passkey/", REMOTE_ADDR="203.0.113.9")
    assert slip(Client(), name=kenji.username, password=PASSWORD).status_code == 302


def test_looks_are_counted_too(monkeypatch, db):  # noqa: ARG001
    """Each challenge is a row in the table of sessions."""
    monkeypatch.setattr(throttle, "LOOKS", 3)
    told = [Client().get("/sign-in/passkey/").status_code for _ in range(5)]
    assert told == [200, 200, 200, 429, 429]


def test_the_second_step_counts_before_it_reads(kenji):
    """After five wrong codes the next one waits, unread."""
    TOTP.activate(kenji, "A" * 32)
    client = Client()
    slip(client, password=PASSWORD)
    for n in range(throttle.PER_PERSON):
        assert client.post("/sign-in/second/", {"code": f"{n:06}"}).status_code == 200
    answer = client.post("/sign-in/second/", {"code": "000009"})
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


def test_a_stranger_who_knows_the_password_gets_few_codes(kenji, memory):  # noqa: ARG001
    """From however many addresses; the person's own device has its own count."""
    for n in range(throttle.PER_NAME + 5):
        throttle.wait(str(kenji.pk), address=f"198.51.100.{n}", door=throttle.SECOND)
    assert throttle.wait(str(kenji.pk), address="192.0.2.7", door=throttle.SECOND) > 0
    assert throttle.wait(str(kenji.pk), address="192.0.2.7", door=throttle.SECOND, device="d") == 0


@pytest.mark.usefixtures("kenji")
def test_slips_at_the_door_keep_nobody_from_proving_it():
    """Who is in has a count of their own."""
    mine = Client()
    slip(mine, password=PASSWORD)
    for _ in range(throttle.PER_PERSON + 1):
        slip(Client())
    assert mine.post("/account/prove/", {"password": PASSWORD}).status_code == 302
