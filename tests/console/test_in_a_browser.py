"""The pages in a real browser: signing in, figures that move, accessibility, pictures to look at."""

import itertools
import re
from pathlib import Path

import pytest

from dispatcher.ledger.facts import Outcome

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PICTURES = Path(__file__).parents[2] / "screenshots"


def outcomes():
    """Mostly good: one in seven unsure, one in nine refused."""
    for n in itertools.count(1):
        if n % 7 == 0:
            yield Outcome.unsure("timeout")
        else:
            yield Outcome.refused("30006") if n % 9 == 0 else Outcome.taken("C1")


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    list(itertools.product(("en", "fa"), ("light", "dark"), (320, 1440))),
)
def test_nothing_stands_in_anybodys_way(story, kenji, enter, language, scheme, width):
    """Axe finds nothing on any page, and nothing is wider than the screen."""
    one = story()
    taken = one.send(outcomes())
    one.deliver(taken["sms"])
    page = enter(kenji, language=language, scheme=scheme, width=width)
    for name, address in (("list", "/"), ("report", f"/dispatches/{one.dispatch.pk}/")):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details.fold').forEach(d => d.open = true)")
        look(page, f"{name}-{language}-{scheme}-{width}")
    page.click("text=Sign out" if language == "en" else "form.who button")
    look(page, f"sign-in-{language}-{scheme}-{width}")


def look(page, name):
    """Keep a picture, ask axe, measure."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
