"""Every address has a lock, or is on the short list of doors that are open on purpose."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

OPEN = {
    "health": "containers ask it; it says ok or no database",
    "livez": "containers ask it; it says that the process answers",
    "readyz": "load balancers ask it; it says what is missing, by kind",
    "metrics": "figures without people, to this machine alone or to a token: tests/watching",
    "acknowledge": "the signed link is the key",
    "sign-in": "here one gets in",
    "sign-in-passkey": "a challenge by chance, and its answer",
    "sign-in-second": "asks only whoever has taken the first step",
    "sign-in-second-passkey": "asks only whoever has taken the first step",
    "enter": "the link that works once is the key",
    "enter-passkey": "the link that works once is the key",
    "language": "a stranger may choose the language of the sign-in page",
}
"""Name -> why nobody need sign in there."""
SIGNED = {
    "receipts-twilio": "the carrier's signature is the key",
    "receipts-sendgrid": "the carrier's signature is the key",
    "inbound-twilio": "the carrier's signature is the key",
}
"""Name -> why; these answer 403 to whoever cannot sign."""
VALUES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "0" * 32}


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name, an address that fits) of every pattern."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            for kind, value in VALUES.items():
                route = _filled(route, kind, value)
            yield entry.name or route, "/" + route.replace("^", "").replace("$", "")


def _filled(route: str, kind: str, value: str) -> str:
    while f"<{kind}:" in route:
        start = route.index(f"<{kind}:")
        route = route[:start] + value + route[route.index(">", start) + 1 :]
    return route


ALL = sorted(patterns(get_resolver()))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("name", "address"), ALL)
def test_nobody_gets_in_without_a_key(db, name, address, method):  # noqa: ARG001
    """A stranger is sent to the sign-in page, refused, or stands before an open door."""
    answer = getattr(Client(), method)(address)
    if name in SIGNED:
        assert answer.status_code in {403, 405}
    elif name not in OPEN:
        assert answer.status_code in {302, 401, 403, 405}
        if answer.status_code == 302:
            assert answer["Location"].startswith(settings.LOGIN_URL)


@pytest.mark.parametrize("name", [*OPEN, *SIGNED])
def test_an_open_door_is_there(name):
    """The lists name no address that has gone."""
    assert name in {known for known, _address in ALL}
