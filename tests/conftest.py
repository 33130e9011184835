"""The ground of all tests: a real PostgreSQL and a real Valkey, and Django on top of them.

Where DATABASE_URL or REDIS_URL is set, that server is used: Django makes a database `test_...` of
its own beside the named one, and the tests empty a numbered Valkey database that is not the named
one. Where they are not set, servers of our own live as long as the test run, without fsync.
"""

import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import django
import hypothesis
import pytest
import redis
from django.conf import settings

from dispatcher.kit.local import home
from dispatcher.kit.local.servers import Local

# A landing is judged by the same examples every time; at a desk they are new with each run.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

PREFIX = "dispatcher-test-"


def _sweep() -> None:
    """Remove what test runs that were killed left in the temporary directory."""
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if old.stat().st_uid == os.geteuid() and (old / "lock").exists() and not home.held(old):
            shutil.rmtree(old, ignore_errors=True)


def _start() -> Local | None:
    """Our own servers where one is missing; the addresses go into the environment."""
    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        return None
    _sweep()
    local = Local(Path(tempfile.mkdtemp(prefix=PREFIX)), durable=False)
    services = local.start()
    os.environ.setdefault("DATABASE_URL", services.database_url)
    if "REDIS_URL" not in os.environ:
        os.environ["REDIS_URL"] = services.redis_url
    return local


def _spare_database(url: str) -> str:
    """The address with another database number, so that nobody's queues are emptied.

    Processes that share a run (`pytest -n 2`) share its servers, and have a number each.
    """
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    number = 1 + (zlib.crc32(os.environ["DATABASE_URL"].encode()) + process) % 15
    return f"{url.rsplit('/', 1)[0]}/{number}"


if os.environ.get("DJANGO_SETTINGS_MODULE") and settings.configured:
    pytest.exit("Unset DJANGO_SETTINGS_MODULE: settings must be read after the servers started.", 4)
# While this file is loaded, before the conftests and modules below it: they import models.
GIVEN = os.environ.get("REDIS_URL")
SERVERS = _start()
if GIVEN:
    os.environ["REDIS_URL"] = _spare_database(GIVEN)
os.environ["DJANGO_SETTINGS_MODULE"] = "dispatcher.conf.settings"
os.environ.setdefault("SECRET_KEY", "only-for-tests")
django.setup()


def pytest_configure(config: pytest.Config) -> None:
    """Processes that share a run inherit the addresses of its servers, but read settings anew."""
    if getattr(config.option, "numprocesses", None):
        del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_report_header() -> str:
    """Say on which servers the tests run."""
    if SERVERS is None or not SERVERS.services:
        return "servers: those of DATABASE_URL and REDIS_URL"
    return f"servers: our own, PostgreSQL {SERVERS.services.postgres}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser come last: its event loop stays in this thread and bars any other.

    The very last share one installation, which the emptied tables of any other would end.
    """
    items.sort(
        key=lambda item: (
            item.get_closest_marker("browser") is not None,
            "town" in getattr(item, "fixturenames", ()),
        )
    )


def pytest_unconfigure() -> None:
    """Stop our servers and remove their data."""
    if SERVERS:
        SERVERS.remove()


@pytest.fixture
def _django_db_helper(_django_db_helper: None) -> None:
    """The roles that migrations make are there, whatever an earlier test has emptied."""
    from contacts.models import Role

    first = import_module("contacts.migrations.0002_roles_and_immutable_addresses").ROLES
    roles = (*first, ("point_of_sale", "Point of sale"))
    Role.objects.bulk_create(
        [Role(key=key, title=title, position=place) for place, (key, title) in enumerate(roles)],
        ignore_conflicts=True,
    )


@pytest.fixture
def valkey() -> Iterator[redis.Redis]:
    """A client of the tests' Valkey database, empty before each test."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5) as client:
        client.flushdb()
        yield client
