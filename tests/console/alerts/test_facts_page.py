"""Step one: facts in typed fields; saving one loses no other, and nobody's work is overwritten."""

import json
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.alerts import compose
from dispatcher.alerts.models import Alert
from dispatcher.alerts.states import State
from dispatcher.console.alerts import draft as drafts
from dispatcher.console.alerts import entry
from dispatcher.console.alerts.entry import Typed
from dispatcher.wording import values

BERLIN = ZoneInfo("Europe/Berlin")


def controls(answer):
    """What a browser would send back untouched."""
    page = answer.content.decode()
    form = page[page.index('id="facts"') : page.index("</form>", page.index('id="facts"'))]
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = value[1].replace("&quot;", '"') if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)<', form):
        found[name] = text.replace("&quot;", '"')
    return found


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("phone", Typed("+44 20 7946-0123"), "+442079460123"),
        ("phone", Typed("0044 (20) 7946 0123"), "+442079460123"),
        ("phone", Typed("+۴۴۲۰۷۹۴۶۰۱۲۳"), "+442079460123"),
        ("number", Typed("۲۱۴"), "214"),
        ("number", Typed("1 204٫5"), "1204.5"),
        ("number", Typed("1,204"), "1,204"),
        ("money", Typed("12.50", "eur"), "12.50 EUR"),
        ("list", Typed("L2301\r\n\r\n L2302 "), '["L2301", "L2302"]'),
        ("duration", Typed("2", "H"), "PT2H"),
        ("duration", Typed("3", "D"), "P3D"),
        ("datetime", Typed("2026-11-24T18:00"), "2026-11-24T18:00:00+01:00"),
        ("link", Typed("example.com/recall"), "https://example.com/recall"),
        ("link", Typed("http://example.com"), "http://example.com"),
        ("text", Typed("  Oats "), "Oats"),
    ],
)
def test_what_is_clear_is_understood(kind, typed, kept):
    """Spaces, native digits and a missing scheme are put right; what is ambiguous is left."""
    assert entry.read(kind, typed, zone=BERLIN) == kept


@given(
    st.one_of(
        st.tuples(st.just("date"), st.dates().map(lambda day: f"{day:%Y-%m-%d}".rjust(10, "0"))),
        st.tuples(st.just("number"), st.integers(-(10**9), 10**9).map(str)),
        st.tuples(st.just("duration"), st.integers(1, 999).map(lambda n: f"PT{n}H")),
        st.tuples(
            st.just("list"),
            st.lists(st.sampled_from(["L1", "L 2", "لات ۳"]), min_size=1).map(
                lambda items: json.dumps(items, ensure_ascii=False)
            ),
        ),
    )
)
def test_a_fact_survives_being_shown_and_sent_back(pair):
    """What the controls show is read back as the same value."""
    kind, value = pair
    again = entry.read(kind, entry.shown(kind, value, zone=BERLIN), zone=BERLIN)
    assert values.read(kind, again, name="x") == values.read(kind, value, name="x")


def test_one_mistake_loses_nothing(signed_in, mina, draft):
    """The good rows are saved, the wrong one stays as it was typed with its reason beside it."""
    client = signed_in(mina)
    address = f"/alerts/{draft.pk}/facts/"
    sent = controls(client.get(address)) | {
        "value:product~~": "Morning Oats 500 g",
        "source:product~~": "Quality report 7",
        "value:lots~~": "L2301\r\nL2302",
        "value:line~~": "call us",
        "go": "next",
    }
    answer = client.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="call us"' in page
    assert 'aria-invalid="true"' in page
    assert dict(draft.facts.values_list("name", "value")) == {
        "product": "Morning Oats 500 g",
        "lots": '["L2301", "L2302"]',
    }


def test_going_on_leads_to_the_next_step(signed_in, mina, draft):
    """Nothing typed is nothing written."""
    client = signed_in(mina)
    address = f"/alerts/{draft.pk}/facts/"
    answer = client.post(address, controls(client.get(address)) | {"go": "next"})
    assert answer.status_code == 302
    assert not draft.facts.exists()


def test_a_fact_is_verified_with_its_source(signed_in, mina, draft):
    """One button writes what was typed and puts the name under it; without a source it asks."""
    client = signed_in(mina)
    address = f"/alerts/{draft.pk}/facts/"
    sent = controls(client.get(address)) | {
        "value:product~~": "Oats",
        "verify": "product~~",
    }
    assert "needs a source" in client.post(address, sent).content.decode()
    sent = controls(client.get(address)) | {
        "source:product~~": "Quality report 7",
        "verify": "product~~",
    }
    assert client.post(address, sent).headers["Location"].endswith("#f-product--")
    [fact] = draft.facts.all()
    assert (fact.verified_by, fact.source) == (mina, "Quality report 7")


def test_a_value_for_some_readers(signed_in, mina, draft):
    """A region by its name in any language, a language by its tag; nobody named is refused."""
    client = signed_in(mina)
    address = f"/alerts/{draft.pk}/facts/"
    row = {"value:line~+~": "+49 171 39200001"}
    sent = controls(client.get(address)) | row
    assert "Choose a region" in client.post(address, sent).content.decode()
    row |= {"region:line~+~": "آلمان", "language:line~+~": "fa"}
    client.post(address, controls(client.get(address)) | row)
    [fact] = draft.facts.all()
    assert (fact.region, fact.language, fact.value) == ("DE", "fa", "+4917139200001")


def test_two_tabs_do_not_destroy(signed_in, mina, operator, draft):
    """Who saves last over somebody's change is told who and what, keeps the text, and may insist."""
    client = signed_in(mina)
    address = f"/alerts/{draft.pk}/facts/"
    sent = controls(client.get(address)) | {"value:product~~": "Oats 500 g"}
    greta = operator("greta.vogel", "EU", role="author", name="Greta Vogel")
    compose.set_fact(draft, by=greta, name="product", value="Oats 750 g")
    compose.set_fact(draft, by=greta, name="organisation", value="Global Foods")
    answer = client.post(address, sent)
    page = answer.content.decode()
    assert "Greta Vogel has changed this" in page
    assert "Oats 750 g" in page
    assert draft.facts.get(name="product").value == "Oats 750 g"
    client.post(address, controls(answer))
    assert draft.facts.get(name="product").value == "Oats 500 g"
    assert draft.facts.get(name="organisation").value == "Global Foods"


def test_emptying_a_field_strikes_the_fact_out(signed_in, mina, told):
    """And nothing else."""
    client = signed_in(mina)
    address = f"/alerts/{told.pk}/facts/"
    before = told.facts.count()
    client.post(address, controls(client.get(address)) | {"value:stores~~": ""})
    assert not told.facts.filter(name="stores").exists()
    assert told.facts.count() == before - 1
    assert told.facts.filter(verified_at=None).count() == 0


def test_an_approver_verifies_and_changes_nothing(signed_in, kenji, draft, mina):
    """The fields are read only; the button is there."""
    fact = compose.set_fact(draft, by=mina, name="product", value="Oats", source="QA")
    client = signed_in(kenji)
    address = f"/alerts/{draft.pk}/facts/"
    sent = controls(client.get(address)) | {"verify": "product~~", "value:product~~": "Wheat"}
    client.post(address, sent)
    fact.refresh_from_db()
    assert (fact.value, fact.verified_by) == ("Oats", kenji)


def test_a_hundred_values_ask_no_more_than_one(
    signed_in, mina, draft, django_assert_max_num_queries
):
    """Neither statements nor words are repeated for each value; 73 cost 161 statements once."""
    client = signed_in(mina)
    address = f"/alerts/{draft.pk}/facts/"
    client.get(address)
    for language in ("", "en", "fa", "ar", "de", "fr", "es", "tr", "ru", "hi"):
        compose.set_fact(
            draft, by=mina, name="product", value="Morning Oats 500 g", language=language
        )
    with django_assert_max_num_queries(25):
        page = client.get(address).content.decode()
    assert page.count('value="Morning Oats 500 g"') == 10
    assert "Readers see: <b" not in page


def test_templates_leave_their_margins_at_home(signed_in, mina, draft):
    """No line of a page is indented, but what people wrote keeps its spaces."""
    compose.set_fact(draft, by=mina, name="lots", value=json.dumps(["L1", "L2", "L3"]))
    compose.set_fact(draft, by=mina, name="product", value="Oats    500 g")
    page = signed_in(mina).get(f"/alerts/{draft.pk}/facts/").content.decode()
    assert not re.search(r"(?m)^[ \t]+", page)
    assert "L1\nL2\nL3</textarea>" in page
    assert 'value="Oats    500 g"' in page


def test_what_was_given_up_offers_no_form(signed_in, mina, draft):
    """Its facts can be read; there is nothing to fill in, and nothing is said to be missing."""
    compose.set_fact(draft, by=mina, name="product", value="Oats 500 g")
    compose.cancel(draft, by=mina, reason="A false alarm, as it turned out")
    client = signed_in(mina)
    page = client.get(f"/alerts/{draft.pk}/facts/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "Oats 500 g" in main
    assert "<form" not in main
    assert main.count("<fieldset") == 1
    own = client.get(f"/alerts/{draft.pk}/").content.decode()
    assert "will never be sent" in own
    assert f"/alerts/{draft.pk}/facts/" not in own


@pytest.mark.parametrize("state", sorted(set(State) - drafts.BEING_WRITTEN))
def test_nobody_checks_what_cannot_be_changed(signed_in, mina, draft, state):
    """The button stands only where it would be taken; what is verified can be read everywhere."""
    compose.set_fact(draft, by=mina, name="product", value="Oats 500 g", source="The laboratory")
    client = signed_in(mina)
    address = f"/alerts/{draft.pk}/facts/"
    assert 'name="verify"' in client.get(address).content.decode()
    Alert.objects.filter(pk=draft.pk).update(state=state)
    page = client.get(address).content.decode()
    assert "Oats 500 g" in page
    assert 'name="verify"' not in page
    assert "I have checked it" not in page
