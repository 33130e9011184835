"""The environment becomes settings: files, carriers, and a broker that is away."""

import socket
import time

import pytest
from celery import Celery
from kombu.exceptions import OperationalError
from pydantic import ValidationError

from dispatcher.conf import work
from dispatcher.conf.carriers import carriers, pace
from dispatcher.conf.environment import Environment
from dispatcher.providers import routing
from dispatcher.providers.catalogue import CARRIERS

WHOLE = {
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_SENDER": "+12025550100",
    "SENDGRID_API_KEY": "SG.x",
    "SENDGRID_SENDER": "alerts@example.com",
    "SMTP_URL": "smtps://user:p%40ss@mail.example.com",
    "FCM_SERVICE_ACCOUNT": '{"project_id": "example"}',
    "VAPID_PRIVATE_KEY": "x",
    "VAPID_SUBJECT": "mailto:alerts@example.com",
}


def environment(monkeypatch, **told: str) -> Environment:
    """The environment with these variables and no other carrier's."""
    for name in WHOLE:
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return Environment()


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    """NAME_FILE names it; the line's end is not part of the secret."""
    path = tmp_path / "token"
    path.write_text("from a file\n")
    env = environment(monkeypatch, TWILIO_AUTH_TOKEN_FILE=str(path))
    assert env.twilio_auth_token.get_secret_value() == "from a file"


def test_the_variable_goes_before_the_file(monkeypatch, tmp_path):
    """What is typed on the command line wins."""
    path = tmp_path / "token"
    path.write_text("from a file")
    env = environment(monkeypatch, TWILIO_AUTH_TOKEN="typed", TWILIO_AUTH_TOKEN_FILE=str(path))
    assert env.twilio_auth_token.get_secret_value() == "typed"


def test_an_unusable_value_names_itself(monkeypatch):
    """The program does not start with a guess."""
    with pytest.raises(ValidationError, match="twilio_pace"):
        environment(monkeypatch, TWILIO_PACE="many")


def test_no_secret_is_shown(monkeypatch):
    """An environment in a log tells no token."""
    env = environment(monkeypatch, TWILIO_AUTH_TOKEN="very-secret", SMTP_URL="smtp://a:hush@b")
    assert "very-secret" not in repr(env)
    assert "hush" not in repr(env)


def test_an_account_exists_when_its_key_is_set(monkeypatch):
    """Nothing configured: no real account, and drills all the same."""
    assert carriers(environment(monkeypatch))["real"] == {}
    assert set(carriers(environment(monkeypatch, **WHOLE))["real"]) == set(CARRIERS)


@pytest.mark.parametrize("carrier", ["twilio", "sendgrid", "smtp", "webpush"])
def test_an_account_can_be_opened(monkeypatch, settings, carrier):
    """The names of the settings are those of the adapter's form."""
    whole = WHOLE | {"VAPID_PRIVATE_KEY": "DCV7g8ykgyG4ujQL8Cz0Hqrz_bJxL8DkKYDXqJd2LWw"}
    settings.CARRIERS = carriers(environment(monkeypatch, **whole))
    routing.close_accounts()
    assert routing.open_account(carrier, mode="real").name == carrier
    routing.close_accounts()


def test_drill_and_real_share_no_account(monkeypatch):
    """Neither name nor key nor address: a drill cannot reach a person."""
    told = carriers(environment(monkeypatch, **WHOLE))
    assert not told["drill"].keys() & told["real"].keys()
    env = Environment()
    assert {account["base_url"] for account in told["drill"].values()} == {env.sandbox_url}


def test_every_account_has_a_pace(monkeypatch):
    """An account without one could not be used at all."""
    env = environment(monkeypatch, **WHOLE)
    accounts = carriers(env)
    assert pace(env, accounts).keys() == {*accounts["drill"], *accounts["real"]}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.com", ("mail.example.com", 587, "", "", "starttls")),
        ("smtps://u:p%40ss@mail.example.com", ("mail.example.com", 465, "u", "p@ss", "tls")),
        ("smtp://127.0.0.1:25?security=none", ("127.0.0.1", 25, "", "", "none")),
    ],
)
def test_a_mail_server_is_one_address(monkeypatch, url, expected):
    """Scheme, port and credentials in one line."""
    told = carriers(environment(monkeypatch, SMTP_URL=url))["real"]["smtp"]
    names = ("host", "port", "user", "password", "security")
    assert tuple(told[name] for name in names) == expected


@pytest.mark.parametrize("backlog", [50, 0])
def test_a_broker_that_swallows_everything_does_not_make_us_wait(backlog):
    """With the defaults a publish blocks for more than 45 s; with ours for about two."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(backlog)
        app = Celery(broker=f"redis://127.0.0.1:{silent.getsockname()[1]}/0", set_as_current=False)
        app.conf.update(
            broker_transport_options=work.broker_transport_options,
            task_publish_retry=work.task_publish_retry,
        )
        began = time.monotonic()
        with pytest.raises(OperationalError):
            app.send_task("anything", queue="routine", retry=False, ignore_result=True)
        assert time.monotonic() - began < 5
