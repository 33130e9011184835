"""The cast of the operators' room."""

import pytest

from dispatcher.operators import roster
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role


@pytest.fixture
def sofie(db) -> User:  # noqa: ARG001  # what it needs to be there
    """Sofie Lind keeps the registry and was here first: admin of the world."""
    return roster.add_first("sofie.lind", name="Sofie Lind", language="sv", time_zone="Europe/Oslo")


@pytest.fixture
def mina(sofie) -> User:
    """Mina Rahimi leads communications in the EU."""
    user = roster.add("mina.rahimi", by=sofie, name="مینا رحیمی", language="fa")
    roster.grant(user, Role.AUTHOR, over=["EU"], by=sofie)
    return user


@pytest.fixture
def ana(sofie) -> User:
    """Ana Souza leads communications in Brazil."""
    user = roster.add("ana.souza", by=sofie, name="Ana Souza", language="pt-BR")
    roster.grant(user, Role.AUTHOR, over=["BR"], by=sofie)
    return user


@pytest.fixture
def kenji(sofie) -> User:
    """Kenji Watanabe is the chief executive."""
    user = roster.add("kenji.watanabe", by=sofie, name="渡辺 健二", language="ja")
    roster.grant(user, Role.APPROVER, over=["001"], by=sofie)
    roster.appoint(user, roster.Seat("ceo"), by=sofie)
    return user
