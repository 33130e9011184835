"""Somebody with every role in another region: nothing of ours is shown, nothing of ours moves."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from contacts import saved, uploads
from contacts.importing import make_list
from contacts.models import Address, AdHocList, Contact, Segment, Upload
from contacts.regions import Scope
from dispatcher.alerts import compose
from dispatcher.alerts.models import Alert
from dispatcher.ledger.models import Dispatch
from dispatcher.operators import keys, roster
from dispatcher.operators.models import Key
from dispatcher.operators.roles import Role
from tests.alerts.conftest import person
from tests.console.conftest import PASSWORD
from tests.console.people.conftest import cast, keeper
from tests.console.test_bad_input import addresses, everyone

__all__ = ["cast", "everyone", "keeper"]
OURS = "Zauberwort"
"""Stands in all that is ours and in nothing of theirs."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a form could be made of: ids of ours, and the words that confirm."""

    ids: dict[str, int | str]
    form: dict[str, Any]


@pytest.fixture
def told(story, mina, cast, keeper, sheet) -> Told:  # noqa: ARG001  # they are there
    """A dispatch, a draft, a person, a list, a file and a key of the EU."""
    held = story(title=OURS, scope=("DE",), people=[("DE", "de", "sms")] * 3)
    draft = compose.compose("recall", by=mina, mode="drill", title=OURS, regions=["DE"])
    compose.set_fact(draft, by=mina, name="product", value=OURS)
    dora = Contact.objects.filter(country="DE").first()
    assert dora is not None
    Contact.objects.filter(pk=dora.pk).update(name=OURS)
    lent = make_list(OURS)
    lukas = person("lukas", name=OURS, region="DE", languages=["de"])
    Contact.objects.filter(pk=lukas.pk).update(list_id=lent)
    upload = uploads.keep(sheet, by=keeper.username, file_name=f"{OURS}.csv")
    saved.create("Ours", "region = DE", scope=Scope(("DE",)))
    key = keys.make(mina).key
    ids = {
        "dispatch_id": held.dispatch.pk,
        "number": draft.pk,
        "contact_id": dora.pk,
        "address_id": Address.objects.filter(contact=dora).values_list("pk", flat=True)[0],
        "list_id": lent,
        "upload_id": upload,
        "key": "ours",
        "prefix": key.prefix,
        "act": "opt-out",
        "kind": "json",
    }
    form = {
        "reason": "Because we can, and nobody looks", "word": "forget", "confirm": "DRILL",
        "segment": "everyone", "text": "everyone", "title": "Theirs", "way": "text",
        "list": lent, "part": "update", "seen": "", "name": "Theirs", "act": "save", "sure": "1",
        "follows": held.dispatch.alert_ref[6:],
    }  # fmt: skip
    return Told(ids, form)


@pytest.fixture
def sheet(tmp_path):
    """A file of people."""
    path = tmp_path / "people.csv"
    path.write_text(f"reference,name,region\n1,{OURS},DE\n")
    with path.open("rb") as file:
        yield file


@pytest.fixture
def stranger(operator, sofie) -> Client:
    """Everything but an administrator, in Brazil; has just proved who they are."""
    rui = operator("rui.lopes", "BR", role=Role.AUTHOR)
    for role in set(Role) - {Role.ADMIN, Role.AUTHOR}:
        roster.grant(rui, role, over=["BR"], by=sofie, languages=["pt-BR"])
    for office in ("ceo", "counsel"):
        roster.appoint(rui, roster.Seat(office), by=sofie)
    client = Client(raise_request_exception=False)
    assert client.post("/sign-in/", {"name": rui.username, "password": PASSWORD}).status_code == 302
    return client


def rows() -> list[object]:
    """All that could have been changed."""
    tables = (Alert, Dispatch, Contact, Address, AdHocList, Upload, Key)
    kept = [list(table.objects.order_by("pk").values()) for table in tables]
    return [*kept, Segment.objects.get(key="ours").text]


def test_whoever_is_elsewhere_sees_and_moves_nothing(told: Told, stranger: Client):
    """Each address with our ids, read and sent."""
    before = rows()
    wrong = [
        (name, answer.status_code)
        for name, address in addresses(**told.ids)
        for answer in (
            stranger.get(address, {"follows": told.form["follows"], "q": OURS[:5]}),
            stranger.post(address, told.form),
        )
        if answer.status_code >= 500 or OURS in b"".join(answer).decode(errors="replace")
    ]
    assert wrong == []
    assert rows() == before


def test_whoever_is_at_home_sees_it_on_many_pages(told: Told, everyone: Client):
    """The walk above would find it."""
    asked = ((name, everyone.get(address)) for name, address in addresses(**told.ids))
    seen = {name for name, answer in asked if OURS in b"".join(answer).decode(errors="replace")}
    assert seen >= {"dispatch", "report", "alerts", "alert", "alerts-facts", "people-person"}
