"""A text in three languages, and the people who write it and vouch for it."""

from dataclasses import dataclass

import pytest

from dispatcher.operators import roster
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role

KEY = "alert:7.consumer"
PERSIAN = {"text": "{product} را نخورید. تلفن: {line, phone}"}
GERMAN = {"text": "{product} nicht essen. Telefon: {line, phone}"}
SPANISH = {"text": "No coma {product}. Teléfono: {line, phone}"}


@dataclass(frozen=True)
class Cast:
    """Who writes, and who vouches for which language."""

    sofie: User
    mina: User
    dieter: User
    greta: User
    tomas: User


@pytest.fixture
def cast(db) -> Cast:  # noqa: ARG001  # what it needs to be there
    """Sofie keeps the roster, Mina writes, Dieter, Greta and Tomás vouch."""
    sofie = roster.add_first("sofie.lind", name="Sofie Lind", language="sv")

    def translator(username: str, name: str, *languages: str) -> User:
        user = roster.add(username, by=sofie, name=name, language="en")
        roster.grant(user, Role.TRANSLATOR, over=["001"], by=sofie, languages=languages)
        return user

    mina = roster.add("mina.rahimi", by=sofie, name="مینا رحیمی", language="fa")
    roster.grant(mina, Role.AUTHOR, over=["001"], by=sofie)
    return Cast(
        sofie,
        mina,
        translator("dieter.vogel", "Dieter Vogel", "de", "fa"),
        translator("greta.berg", "Greta Berg", "de"),
        translator("tomas.reyes", "Tomás Reyes", "es"),
    )
