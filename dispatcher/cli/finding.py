"""What the doctor found: one line of what, where and how it is, and how it is mended."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `remedy` and `means` are of use when it is not ok, and for who asks for all."""

    code: str
    """For scripts: `room.what`, the same in every language and every release."""
    name: str
    ok: bool
    found: str
    remedy: str = ""
    """What to do about it."""
    away: bool = False
    """A service without which nothing works is not reachable."""
    where: str = ""
    """The server, the setting, the lane: where one looks and mends."""
    means: str = ""
    """What comes of it for messages and people."""


def database_place() -> str:
    """Host, port and name; never the password."""
    told: dict[str, Any] = connection.settings_dict
    return f"PostgreSQL {told['HOST'] or 'socket'}:{told['PORT'] or 5432}/{told['NAME']}"


def broker_place() -> str:
    """Host, port and number of the database, or the socket; never the password."""
    told = urlsplit(settings.REDIS_URL)
    server = f"{told.hostname}:{told.port or 6379}" if told.hostname else ""
    return f"Valkey {server}{told.path or '/0'}"
