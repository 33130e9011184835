"""The page of who may what, made from the program: `python -m tests.console.roles_page`."""

import os
from collections.abc import Iterator
from pathlib import Path

import django
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

PAGE = Path(__file__).parents[2] / "docs" / "operate" / "roles.md"
HEAD = """# Who may open what

Made from the program by `python -m tests.console.roles_page`; a test of the house keeps it in step, and `tests/console/test_doors.py` walks every address as every role and as nobody.

A role is held in regions. This is the outer door: what a person sees and does behind it is cut to their regions by the services, for each act, and what is not theirs is not there (404). *Proof*: the page asks again who one is when the last proof is older than ten minutes. Pausing and stopping never wait for that, nor does revoking one's own key. An office's yes, and reviewing a launch without approvals, also need a seat in that office; everything below `/operators/` needs an administrator of the whole world. What all alerts say (`/source/`) is written by authors of the whole world, after a proof.

| Address | May read (GET) | May act (POST) | Proof |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(sorted(_lines()))


def _lines() -> Iterator[str]:
    from tests.house.test_locks import OPEN, SIGNED  # needs Django set up

    for place, one in _patterns(get_resolver()):
        name, methods = str(one.name), _methods(one)
        if name in OPEN or name in SIGNED:
            who = f"anybody: {(OPEN | SIGNED)[name]}"
        else:
            roles = getattr(one.callback, "roles", None)
            who = ", ".join(sorted(roles)) if roles is not None else "whoever is signed in"
        reads = who if "GET" in methods else ""
        acts = who if "POST" in methods else ""
        fresh = "yes" if getattr(one.callback, "fresh", False) else ""
        cells = (f"`/{place}`", reads, acts, fresh)
        yield f"| {' | '.join(cells)} |\n".replace("  ", " ").replace("_keeper", " keeper")


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        place = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one, place)
        elif isinstance(one, URLPattern):
            yield place, one


def _methods(one: URLPattern) -> frozenset[str]:
    """What the view says to a method that nobody knows: the lock of methods is the outermost."""
    if one.name == "language":  # Django's own: it acts by POST, and leads everybody else back
        return frozenset({"POST"})
    names = dict.fromkeys(one.pattern.converters, "1")
    answer = one.callback(RequestFactory().generic("BREW", "/"), **names)
    return frozenset(answer.headers.get("Allow", "GET, POST").split(", "))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
    django.setup()
    PAGE.write_text(page(), encoding="utf-8")
