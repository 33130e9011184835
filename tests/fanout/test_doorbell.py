"""A broker that is away costs a moment, never a launch."""

import time

import pytest
from celery import Celery

from dispatcher.fanout import doorbell
from dispatcher.kit.local import home


@pytest.fixture
def celery_with(monkeypatch):
    """The doorbell rings with this broker."""

    def make(url):
        app = Celery(broker=url, set_as_current=False)
        app.config_from_object("dispatcher.conf.work")
        app.conf.broker_url = url
        monkeypatch.setattr(doorbell, "current_app", app)

    return make


def test_a_broker_that_refuses_is_said_at_once(celery_with):
    celery_with(f"redis://127.0.0.1:{home.free_port()}/0")
    start = time.monotonic()
    assert doorbell.ring("critical") is False
    assert time.monotonic() - start < 3


def test_a_broker_that_listens_and_never_answers_costs_a_few_seconds(celery_with):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        celery_with(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        start = time.monotonic()
        assert doorbell.ring("critical") is False
        assert time.monotonic() - start < 8


def test_a_broker_that_is_there_hears_it(celery_with, settings, valkey):  # noqa: ARG001
    celery_with(settings.REDIS_URL)
    assert doorbell.ring("critical") is True
