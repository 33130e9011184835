"""The whole walk: every page in all eight ways with a picture, a table of it, and by hand once."""

import json
from collections import defaultdict
from dataclasses import asdict
from itertools import groupby

import pytest

from tests.console.gallery import hands, recipes
from tests.console.gallery.camera import LIGHTS, PICTURES, Light, Seen, mends

pytestmark = [pytest.mark.gallery, pytest.mark.browser, pytest.mark.django_db]
DESK = Light("en", "light", 1280)
ASKED = {"keyboard": hands.tabbed, "skip": hands.skipped, "200 %": hands.enlarged}


KEPT = PICTURES / "looks.jsonl"


@pytest.fixture
def album():
    """Takes what was seen; each look is kept as it comes, so that a walk may be made in parts."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as kept:
        yield lambda one: print(json.dumps(asdict(one)), file=kept, flush=True)
    (PICTURES / "table.md").write_text("\n".join(table(looks())) + "\n", "utf-8")


def looks():
    """The newest look at each page in each way."""
    lines = KEPT.read_text("utf-8").splitlines()
    newest = {(one["shot"], one["light"]): Seen(**one) for one in map(json.loads, lines)}
    return list(newest.values())


def table(seen):
    """A line a page: violations in each of the eight ways, the slowest and the median, the weight."""
    ways = [str(light) for light in LIGHTS]
    yield "| page | " + " | ".join(ways) + " | ms, median | ms, most | kB |"
    yield "|---" * (len(ways) + 4) + "|"
    pages = defaultdict(dict)
    for one in seen:
        pages[one.shot][one.light] = one
    for name, found in pages.items():
        counts = [str(found[way].violations) if way in found else "-" for way in ways]
        times = sorted(one.ms for one in found.values())
        weight = max(one.weight for one in found.values()) / 1000
        told = f"{times[len(times) // 2]:.0f} | {times[-1]:.0f} | {weight:.0f}"
        yield f"| {name} | " + " | ".join(counts) + f" | {told} |"
    yield f"\n{len(seen)} looks at {len(pages)} pages. To be mended:\n\n{mends(seen) or 'nothing'}"


@pytest.mark.parametrize("light", LIGHTS, ids=str)
def test_each_page_in_each_way(town, camera, album, light):
    """Axe, width, weight, hosts, errors, calm; a picture of each."""
    seen = []
    for shot in recipes.shots(town):
        seen.append(camera.look(shot, light, picture=True))
        album(seen[-1])
    assert mends(seen) == ""


@pytest.mark.parametrize("what", ASKED)
def test_each_page_by_hand(town, camera, what):
    """Keyboard only, and twice as large."""
    wrong = {}
    for shot in recipes.shots(town):
        if shot.then is recipes.on_paper:
            continue
        page = camera.open(DESK, shot.who, old=shot.old)
        page.goto(shot.path)
        if shot.then:
            shot.then(page)
            page.wait_for_load_state()
            page.evaluate("document.activeElement?.blur()")
        wrong[shot.name] = ASKED[what](page)
        page.close()
    assert {name: told for name, told in wrong.items() if told} == {}


def test_each_page_without_javascript(town, camera):
    """It shows, and its main form can be sent."""
    wrong = {}
    for _, same in groupby(recipes.shots(town), key=lambda shot: shot.path):
        shot = next(same)
        page = camera.open(DESK, shot.who, old=shot.old, java_script_enabled=False)
        page.goto(shot.path)
        wrong[shot.name] = hands.plain(page)
        page.close()
    assert {name: told for name, told in wrong.items() if told} == {}
