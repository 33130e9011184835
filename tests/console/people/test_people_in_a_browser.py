"""The registry's pages in a real browser: pictures to look at, axe, width."""

import pytest

from contacts import uploads
from dispatcher.console.people import tasks
from tests.console.people.test_import import MOSTLY
from tests.console.test_in_a_browser import look

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "scheme", "width"), [("fa", "light", 320)])
@pytest.mark.usefixtures("cast")
def test_an_import_is_followed_from_file_to_people(
    keeper, enter, tmp_path, language, scheme, width
):
    """Every stage of it; the page follows the worker by itself, and comes back where one left."""
    file = tmp_path / "مشتریان.csv"
    file.write_text(MOSTLY + "x,w-1,کسی,DE,call me\n", "utf-8")
    page = enter(keeper, language=language, scheme=scheme, width=width)
    shot = f"{language}-{scheme}-{width}"
    page.goto("/people/import/")
    look(page, f"people-import-{shot}")
    page.set_input_files("input[type=file]", file)
    page.click("main button.primary")
    look(page, f"people-columns-{shot}")
    page.select_option("#id_c4", "phone")
    page.click("main button.primary")
    page.wait_for_selector("#progress")
    look(page, f"people-checking-{shot}")
    upload_id = uploads.mine("ingrid.dahl")[0].pk
    assert tasks.read(upload_id) == "checked"
    page.wait_for_selector("#wrong")
    look(page, f"people-preview-{shot}")
    page.click("main button.primary")
    page.goto("/people/")
    assert tasks.read(upload_id) == "applied"
    page.goto(f"/people/import/{upload_id}/")
    look(page, f"people-applied-{shot}")
