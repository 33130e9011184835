"""The page of who may open what says what the program does."""

from tests.console.roles_page import PAGE, page


def test_the_page_is_in_step():
    """Renewed by `python -m tests.console.roles_page`."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_view_says_which_methods_it_takes():
    """A row that neither reads nor acts would be a door that nobody described."""
    rows = [line for line in page().splitlines() if line.startswith("| `/")]
    assert len(rows) > 100
    assert [row for row in rows if row.split("|")[2:4] == [" ", " "]] == []
