"""The cast around an alert: who writes, who decides, and who is told."""

from pathlib import Path

import pytest

from contacts.models import Address, Contact
from dispatcher.alerts import approve, compose
from dispatcher.alerts.models import Alert
from dispatcher.operators import roster
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role
from dispatcher.wording import bench, library
from dispatcher.wording.models import WordingVersion
from tests import shipped

LOCALES = Path(__file__).parents[2] / "locales"
SPOKEN = ("en", "fa")

FACTS = {
    "organisation": "Global Foods",
    "product": "Morning Oats 500 g",
    "lots": '["L2301", "L2302"]',
    "hazard": "possible contamination with salmonella",
    "line": "+442079460123",
    "mail": "help@globalfoods.example.com",
    "info": "https://globalfoods.example.com/recall",
    "identify": "https://globalfoods.example.com/identify",
    "refund_until": "2027-01-31",
    "staff_line": "+442079460199",
    "staff_mail": "staff@globalfoods.example.com",
    "sold_from": "2026-11-02",
    "sold_until": "2026-11-20",
    "stores": "214",
    "next_update": "2026-11-24T18:00:00+00:00",
}
"""All that the first notice of a recall tells."""


def operator(username: str, *, name: str, by: User, language: str = "en") -> User:
    """A new operator without a role."""
    return roster.add(username, by=by, name=name, language=language)


@pytest.fixture
def sofie(db) -> User:  # noqa: ARG001  # what it needs to be there
    """Sofie Lind keeps the registry; admin of the world."""
    return roster.add_first("sofie.lind", name="Sofie Lind", language="sv")


@pytest.fixture
def mina(sofie) -> User:
    """Mina Rahimi leads communications in the EU; she writes the alerts."""
    user = operator("mina.rahimi", name="مینا رحیمی", by=sofie, language="fa")
    roster.grant(user, Role.AUTHOR, over=["EU"], by=sofie)
    return user


@pytest.fixture
def ana(sofie) -> User:
    """Ana Souza leads communications in Brazil."""
    user = operator("ana.souza", name="Ana Souza", by=sofie, language="pt-BR")
    roster.grant(user, Role.AUTHOR, over=["BR"], by=sofie)
    return user


@pytest.fixture
def kenji(sofie) -> User:
    """Kenji Watanabe is the chief executive."""
    user = operator("kenji.watanabe", name="渡辺 健二", by=sofie, language="ja")
    roster.grant(user, Role.APPROVER, over=["001"], by=sofie)
    roster.appoint(user, roster.Seat("ceo"), by=sofie)
    return user


@pytest.fixture
def leila(sofie) -> User:
    """Leila Haddad is legal counsel, and deputises for the chief executive."""
    user = operator("leila.haddad", name="ليلى حداد", by=sofie, language="ar")
    roster.grant(user, Role.APPROVER, over=["001"], by=sofie)
    roster.appoint(user, roster.Seat("counsel"), by=sofie)
    roster.appoint(user, roster.Seat("ceo", deputy=True), by=sofie)
    return user


@pytest.fixture
def tomas(sofie) -> User:
    """Tomás Ruiz translates; he decides nothing."""
    user = operator("tomas.ruiz", name="Tomás Ruiz", by=sofie, language="es")
    roster.grant(user, Role.TRANSLATOR, over=["001"], by=sofie)
    return user


@pytest.fixture
def words(db, tmp_path) -> library.Loaded:  # noqa: ARG001  # what it needs to be there
    """The shipped texts in English and Persian; whoever reads neither needs the fallback."""
    shelf = tmp_path / "locales"
    shelf.mkdir()
    for name in SPOKEN:
        (shelf / name).symlink_to(LOCALES / name)
    return shipped.load(root=shelf, named=SPOKEN)


@pytest.fixture
def vouched(words, tomas, sofie) -> None:  # noqa: ARG001  # what it needs to be there
    """Tomás vouches for every text, so that real alerts may leave."""
    roster.grant(tomas, Role.TRANSLATOR, over=["001"], by=sofie, languages=SPOKEN)
    for version_id in WordingVersion.objects.values_list("pk", flat=True):
        bench.accept(version_id, by=tomas)


def person(
    reference: str,
    *,
    name: str,
    region: str,
    languages: list[str],
    roles: tuple[str, ...] = (),
    sms: str = "",
    email: str = "",
) -> Contact:
    """One contact with their addresses."""
    contact = Contact.objects.create(
        reference=reference,
        name=name,
        region=region,
        country=region[:2],
        languages=languages,
        roles=sorted(roles),
        tags=[],
        culture="",
        time_zone="Europe/Berlin",
        attributes={},
    )
    for channel, value in (("sms", sms), ("email", email)):
        if value:
            Address.objects.create(
                contact=contact, channel=channel, key=value, value=value, position=0
            )
    return contact


@pytest.fixture
def people(db) -> dict[str, Contact]:  # noqa: ARG001  # what it needs to be there
    """Four in the EU, of whom one cannot be reached, and two in Brazil."""
    return {
        who.reference: who
        for who in (
            person(
                "greta", name="Greta Vogel", region="DE", languages=["de"], sms="+4917139200001"
            ),
            person(
                "babak", name="بابک کریمی", region="DE-BY", languages=["fa"], sms="+4917139200002"
            ),
            person(
                "saoirse",
                name="Saoirse Byrne",
                region="IE",
                languages=["en-IE"],
                roles=("employee",),
                email="saoirse@example.com",
            ),
            person("henk", name="Henk Visser", region="NL", languages=["nl"]),
            person("joao", name="João Lima", region="BR", languages=["pt-BR"], sms="+12025550143"),
            person("rosa", name="Rosa Melo", region="BR", languages=[], email="rosa@example.com"),
        )
    }


@pytest.fixture
def draft(mina, words, people) -> Alert:  # noqa: ARG001  # what it needs to be there
    """A drill of Mina's about the oats, without facts."""
    return compose.compose("recall", by=mina, mode="drill", segment="everyone", title="Oats")


def tell_facts(alert: Alert, *, by: User, verified: bool = True, **changed: str) -> None:
    """All facts of the first notice, set and verified."""
    for name, value in {**FACTS, **changed}.items():
        compose.set_fact(alert, by=by, name=name, value=value, source="Quality report 7")
        if verified:
            compose.verify_fact(alert, by=by, name=name)


@pytest.fixture
def ready(draft: Alert, mina: User) -> Alert:
    """The same with its facts verified."""
    tell_facts(draft, by=mina)
    return draft


@pytest.fixture
def pending(ready, mina) -> Alert:
    """Submitted."""
    return approve.submit(ready, by=mina)


@pytest.fixture
def approved(pending, kenji, leila) -> Alert:
    """Approved by the chief executive and the counsel."""
    approve.approve(pending, by=kenji)
    return approve.approve(pending, by=leila, office="counsel")
