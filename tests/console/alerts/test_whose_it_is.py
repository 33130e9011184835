"""What is not theirs: whoever reads a part of an alert's regions, and refusals that name texts."""

import pytest

from contacts.errors import Refused
from dispatcher.alerts import compose
from dispatcher.console.alerts import looking
from dispatcher.operators.roles import Role
from tests.console.conftest import NASTY


@pytest.fixture
def greta(operator):
    """Greta Vogel reads Germany alone."""
    return operator("greta.vogel", "DE", role=Role.VIEWER)


def test_facts_of_other_regions_are_not_shown(signed_in, mina, greta, told):
    """Neither in the list of facts nor in a text as another region's readers see it."""
    compose.set_fact(
        told, by=mina, name="line", value="+35315550100", source="Cork desk", region="IE"
    )
    compose.set_fact(
        told, by=mina, name="line", value="+4917139200001", source="Bonn desk", region="DE"
    )
    whole, part = signed_in(mina), signed_in(greta)
    facts, text = f"/alerts/{told.pk}/facts/", f"/alerts/{told.pk}/words/consumer/sms/en/"
    assert "Cork desk" in whole.get(facts).content.decode()
    shown = part.get(facts).content.decode()
    assert "Bonn desk" in shown
    assert "Cork desk" not in shown
    assert part.get(f"{text}?region=DE").status_code == 200
    assert part.get(f"{text}?region=IE").status_code == 404


def test_who_lives_elsewhere_is_not_counted_for_a_part(signed_in, mina, greta, draft, monkeypatch):
    """The figure of those outside would count any region that a sentence names."""
    monkeypatch.setattr("contacts.crowds.FEW", 1)
    sent = {"way": "text", "segment": "region in (DE, IE, BR)"}
    address = f"/alerts/{draft.pk}/audience/count/"
    asked = "Live outside the regions"
    assert asked in signed_in(mina).post(address, sent).content.decode()
    assert asked not in signed_in(greta).post(address, sent).content.decode()


def test_a_refusal_is_text_in_a_fragment_too(signed_in, mina, draft, monkeypatch):
    """What people wrote stays what it is, also where a fragment alone is asked for."""

    def refuse(*_, **__):
        raise Refused("contacts.region_unknown", value=NASTY)

    monkeypatch.setattr(looking, "matrix", refuse)
    page = signed_in(mina).get(f"/alerts/{draft.pk}/words/", headers={"HX-Request": "true"})
    assert NASTY not in page.content.decode()
    assert "&lt;script&gt;" in page.content.decode()
