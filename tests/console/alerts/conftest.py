"""A draft on the desk of an author of the EU, people to tell, and words in two languages."""

import pytest
from django.test import Client

from contacts.models import Role
from dispatcher.alerts import compose
from dispatcher.operators import roster
from tests.alerts.conftest import people, tell_facts, words  # noqa: F401  # fixtures by import


@pytest.fixture
def roles(db):  # noqa: ARG001  # what it needs to be there
    """Roles that an audience may name, also where an earlier test emptied the table."""
    for place, (key, title) in enumerate(
        [("employee", "Employee"), ("retailer", "Retailer"), ("media", "Media")]
    ):
        Role.objects.get_or_create(key=key, defaults={"title": title, "position": place})


@pytest.fixture
def draft(mina, words, people, roles):  # noqa: ARG001, F811
    """A drill of Mina's about the oats, without facts."""
    return compose.compose("recall", by=mina, mode="drill", title="Oats", segment="everyone")


@pytest.fixture
def told(draft, mina):
    """The same with all facts verified."""
    tell_facts(draft, by=mina)
    return draft


@pytest.fixture
def offices(kenji, operator, sofie):
    """Kenji is the chief executive, Leila the counsel."""
    leila = operator("leila.haddad", "001", role="approver", name="ليلى حداد")
    roster.appoint(kenji, roster.Seat("ceo"), by=sofie)
    roster.appoint(leila, roster.Seat("counsel"), by=sofie)
    return kenji, leila


@pytest.fixture
def signed_in():
    """Sign somebody in, in a browser of their own that speaks English."""

    def enter(user):
        browser = Client()
        browser.force_login(user)
        browser.cookies["django_language"] = "en"
        return browser

    return enter
