"""An alert of Mina's on its way to the launch, and those who decide about it."""

import time

import pytest
from babel.messages.pofile import read_po, write_po

from dispatcher.alerts import approve, compose
from dispatcher.operators import roster
from dispatcher.operators.roles import Role
from tests import shipped
from tests.alerts.conftest import LOCALES, SPOKEN, people, tell_facts

__all__ = ["people"]


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    """The first notice of a recall in English and Persian: the whole library takes seconds."""
    root = tmp_path_factory.mktemp("locales")
    for name in SPOKEN:
        with (LOCALES / name / "LC_MESSAGES" / "alerts.po").open("rb") as file:
            catalogue = read_po(file, locale=name)
        for entry in list(catalogue):
            if entry.id and not (entry.context or "").startswith("recall.first."):
                catalogue.delete(entry.id, entry.context)
        there = root / name / "LC_MESSAGES"
        there.mkdir(parents=True)
        with (there / "alerts.po").open("wb") as file:
            write_po(file, catalogue)
    return root


@pytest.fixture
def words(db, shelf):  # noqa: ARG001  # what it needs to be there
    """Texts; whoever reads neither language needs the fallback."""
    return shipped.load(root=shelf, named="recall.first")


@pytest.fixture
def signed_in(client):
    """Somebody who has just proved who they are."""

    def enter(user):
        client.force_login(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return client

    return enter


@pytest.fixture
def kenji(operator, sofie):
    """Kenji Watanabe is the chief executive."""
    user = operator("kenji.watanabe", "001", role=Role.APPROVER, name="渡辺 健二")
    roster.appoint(user, roster.Seat("ceo"), by=sofie)
    return user


@pytest.fixture
def leila(operator, sofie):
    """Leila Haddad is counsel, and deputises for the chief executive."""
    user = operator("leila.haddad", "001", role=Role.APPROVER, name="ليلى حداد")
    roster.appoint(user, roster.Seat("counsel"), by=sofie)
    roster.appoint(user, roster.Seat("ceo", deputy=True), by=sofie)
    return user


@pytest.fixture
def vera(operator):
    """Vera Novak reads reports of the world, and decides nothing."""
    return operator("vera.novak", "001", role=Role.VIEWER, name="Vera Novak")


@pytest.fixture
def ready(mina, words, people):  # noqa: ARG001  # fixtures, by name
    """A drill about the oats with verified facts."""
    alert = compose.compose("recall", by=mina, mode="drill", segment="everyone", title="Oats")
    tell_facts(alert, by=mina)
    return alert


@pytest.fixture
def pending(ready, mina):
    """Submitted."""
    return approve.submit(ready, by=mina)


@pytest.fixture
def approved(pending, kenji, leila):
    """Approved by the chief executive and the counsel."""
    approve.approve(pending, by=kenji)
    return approve.approve(pending, by=leila, office="counsel")
