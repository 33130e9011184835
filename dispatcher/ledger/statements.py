"""How the ledger speaks to PostgreSQL: a named statement, its values, its rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import psycopg
from django.db import connection

from dispatcher.kit.sql import statements


def rows(name: str, /, **values: Any) -> list[tuple[Any, ...]]:
    """The rows that the statement gives back."""
    return rows_of(statements("dispatcher.ledger")[name], values)


def rows_of(text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement that was put together from a named one and a query."""
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else []


def prepared(name: str, /, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement that the server plans once a connection and gets its values apart.

    For what is asked hundreds of times a second: thousands of values inside the text cost more to
    write, send and parse than the statement takes. Needs a connection that stays with its server
    process: a pool that swaps them must know prepared statements (PgBouncer since 1.21).
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statements("dispatcher.ledger")[name], values, prepare=True)
        return cursor.fetchall()


def run(name: str, /, **values: Any) -> int:
    """How many rows the statement touched."""
    with connection.cursor() as cursor:
        cursor.execute(statements("dispatcher.ledger")[name], values)
        return int(cursor.rowcount)


def text(name: str) -> str:
    """The statement itself."""
    return statements("dispatcher.ledger")[name]


def ledger_now() -> datetime:
    """The ledger's own time: the database's clock, shifted only by tests."""
    return cast("datetime", rows_of("select ledger_now()", {})[0][0])
