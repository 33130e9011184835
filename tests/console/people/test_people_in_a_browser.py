"""The registry's pages in a real browser: pictures to look at, axe, width."""

import pytest

from contacts import consent
from contacts.models import Address
from tests.console.test_in_a_browser import look

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("en", "light", 1440), ("fa", "dark", 320)]
)
def test_pages_of_people_stand_in_nobodys_way(cast, keeper, enter, language, scheme, width):
    """Search, a person whose name runs the other way, correcting, forgetting."""
    mail = Address.objects.get(contact=cast["mina"], channel="email")
    consent.mark_dead([mail.pk])
    page = enter(keeper, language=language, scheme=scheme, width=width)
    person = f"/people/{cast['mina']}/"
    for name, there in (
        ("search", "/people/?role=customer"),
        ("nobody", "/people/?q=zzz"),
        ("person", person),
        ("refused", f"/people/{cast['greta']}/"),
        ("correct", f"{person}correct"),
        ("forget", f"{person}forget"),
        ("opt-out", f"{person}address/{mail.pk}/opt-out"),
    ):
        page.goto(there)
        page.evaluate("document.querySelectorAll('details.fold').forEach(fold => fold.open = true)")
        look(page, f"people-{name}-{language}-{scheme}-{width}")
