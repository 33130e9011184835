"""What a test reads off a page."""

import re


def caught(pattern: str, page: str) -> str:
    """The pattern's first group, which must be on the page."""
    found = re.search(pattern, page)
    assert found, f"{pattern} is not on the page"
    return found[1]
