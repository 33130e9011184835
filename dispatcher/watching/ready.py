"""Can this process do its work? What is missing, by name."""

from functools import cache

from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from redis import Redis
from redis.exceptions import RedisError

_PATIENCE = 1.0


def missing() -> list[str]:
    """`database`, `migrations` (asked until they are all there) or `broker`; empty: ready."""
    return [name for name, there in (*_database(), ("broker", _broker())) if not there]


def _database() -> list[tuple[str, bool]]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        return [("database", True), ("migrations", _migrated())]
    except DatabaseFault:
        return [("database", False)]


@cache
def _once() -> list[bool]:
    return []


def _migrated() -> bool:
    """Whether every migration that this process knows was run; once it was, it stays so."""
    done = _once()
    if not done:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        done.append(True)
    return True


def _broker() -> bool:
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
        ) as valkey:
            return bool(valkey.ping())
    except (RedisError, OSError):
        return False
