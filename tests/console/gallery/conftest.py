"""One installation and one browser for all tests of this folder: they run last, see tests/conftest."""

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from dispatcher.conf import settings as house
from tests.console.gallery import town as towns
from tests.console.gallery.camera import Camera


@pytest.fixture(autouse=True)
def memory(settings):
    """Sessions and pages that were kept stay: all tests here share them."""
    return settings


@pytest.fixture
def _django_db_helper():
    """No transaction around a test, and no emptied tables after it.

    The mark `django_db` says that the test database is needed; pytest-django's own helper would
    hide what a test writes from the web server.
    """


@pytest.fixture(scope="session")
def town(django_db_setup, django_db_blocker):  # noqa: ARG001
    """The installation; what is done in it stays done until the last test."""
    fast = {
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "CARRIERS": {**house.CARRIERS, "real": house.CARRIERS["drill"]},
        "ALLOWED_HOSTS": ["*"],
    }
    with django_db_blocker.unblock(), override_settings(**fast):
        assert connection.settings_dict["NAME"].startswith("test_")
        # the journal outlives a flush, so that numbers may not begin anew
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        yield towns.build()
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        connections.close_all()


@pytest.fixture(scope="session")
def place(town):  # noqa: ARG001
    """A web server before it."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture
def camera(chromium, town, place):
    """The browser before it.

    A context keeps its connections to the server, and each of those one to the database: kept from
    test to test, those of eight ways were more than a PostgreSQL of 100 has.
    """
    made = Camera(chromium, place, lambda who, old: towns.session(town.users[who], old=old))
    yield made
    made.close()
