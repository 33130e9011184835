"""The sheets serve both directions, both schemes and no other host."""

import re
from pathlib import Path

import pytest

ROOMS = Path(__file__).parents[2] / "dispatcher"
SHEETS = [
    *sorted(ROOMS.glob("console/static/console/*.css")),
    ROOMS / "hooks/static/hooks/page.css",
]
PHYSICAL = re.compile(
    r"(?<![\w.-])((margin|padding|border)-(left|right|top|bottom)|(min-|max-)?(width|height)(?=\s*:)"
    r"|(left|right|top|bottom)\s*:|text-align:\s*(left|right)|float\s*:)"
)
ALLOWED = {"height"}  # of the objective's mark: a property of SVG, which has no logical twin


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_sheet_knows_no_left_and_no_right(sheet):
    """One file for both directions: logical properties only."""
    text = re.sub(r"/\*.*?\*/|@media[^{]*", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = {match[0].rstrip(": ") for match in PHYSICAL.finditer(text)}
    assert found <= ALLOWED


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_sheet_asks_for_nothing(sheet):
    """No import, no picture, no font from anywhere."""
    assert not re.search(r"@import|url\(|https?:", sheet.read_text(encoding="utf-8"))


def test_vendored_scripts_bring_their_licences():
    """Beside each file, its terms."""
    vendored = {"htmx.min.js": "htmx.LICENSE.txt"}
    place = ROOMS / "console/static/console"
    assert all(
        (place / name).exists() and (place / licence).exists() for name, licence in vendored.items()
    )
    beside = Path(__file__).parent / "vendor"
    assert (beside / "axe.min.js").exists()
    assert (beside / "axe.LICENSE.txt").exists()
