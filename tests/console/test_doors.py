"""Every address of the console as every role and as nobody: the outer doors."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from dispatcher.operators.models import User
from dispatcher.operators.roles import Role
from tests.house.test_locks import OPEN, patterns

KNOWN = {
    "sign-out",
    "home",
    "dispatches",
    "dispatch",
    "live",
    "file",
    "report",
    "report-pdf",
    "home-live",
}
"""Pages for everybody who is signed in: what they show is cut to what the person may see."""
OWN = "account"
"""Pages about oneself begin so: they take nobody's name, so there is nobody else to see."""


def doors() -> Iterator[tuple[str, str, frozenset[Role]]]:
    """(name, an address that fits, roles) of every page that asks for a role."""
    where = dict(patterns(get_resolver()))
    for entry in console():
        roles = getattr(entry.callback, "roles", None)
        if roles is not None:
            yield str(entry.name), where[str(entry.name)], roles


def console() -> Iterator[URLPattern]:
    """The console's patterns."""
    for one in get_resolver().url_patterns:
        if isinstance(one, URLResolver) and one.app_name == "console":
            yield from (entry for entry in one.url_patterns if isinstance(entry, URLPattern))


def test_every_page_asks_for_a_role_or_says_why_not():
    """No page is open to all operators by mistake."""
    free = {str(one.name) for one in console() if not hasattr(one.callback, "roles")}
    assert {name for name in free - set(OPEN) if name.partition("-")[0] != OWN} <= KNOWN


@pytest.fixture
def holders(operator):
    """One person for each role, and one who has none."""
    held = {
        role: operator(f"{role.value.replace('_', '.')}.one", "001", role=role) for role in Role
    }
    return held | {None: operator("nobody.one")}


@pytest.mark.parametrize("method", ["get", "post"])
def test_each_role_passes_its_own_doors_only(holders: dict[Role | None, User], method: str):
    """403 where the role is not asked for, anything else where it is; nothing breaks."""
    wrong = []
    for role, user in holders.items():
        client = Client(raise_request_exception=False)
        client.force_login(user)
        for name, address, roles in doors():
            status = getattr(client, method)(address).status_code
            if status >= 500 or (role not in roles and status not in {403, 405}):
                wrong.append((name, role, status))
            own = method == "get" and "/1/" not in address and "/x/" not in address
            if own and role in roles and status == 403:
                wrong.append((name, role, "shut before its own people"))
    assert wrong == []
