"""Where the tests' database is, for processes that a test starts."""

import os
from urllib.parse import urlsplit

from django.db import connection


def database_url() -> str:
    """DATABASE_URL with the name of the database that Django made for the tests.

    Our own server is reached through a socket, which stands in the query: only the path is ours.
    """
    told = urlsplit(os.environ["DATABASE_URL"])
    return told._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
