"""Step two: boxes and sentence say the same; figures; nobody's choice is overwritten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts import lists, segments
from contacts.models import AdHocList, Contact, Segment
from contacts.regions import Scope
from dispatcher.alerts import compose, marks
from dispatcher.console.alerts import builder
from dispatcher.console.alerts.builder import Choice
from dispatcher.kit.errors import Refused

some = lambda *values: st.lists(st.sampled_from(values), unique=True).map(tuple)  # noqa: E731
CHOICES = st.builds(
    Choice,
    everybody=st.booleans(),
    roles=some("customer", "retailer", "media"),
    regions=some("EU", "DE", "US-CA", "own:nordics"),
    languages=some("de", "fa", "pt-BR"),
    not_roles=some("employee", "media"),
    not_regions=some("FR", "none"),
)


@given(CHOICES)
def test_boxes_survive_the_sentence(choice):
    """What is ticked is ticked again after it was written as a sentence and read back."""
    text = builder.write(choice)
    again = builder.of(text)
    assert again is not None
    assert builder.write(again) == text
    if choice.narrowed:
        assert again == Choice(
            False, choice.roles, choice.regions, choice.languages, choice.not_roles,
            choice.not_regions,
        )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "role = customer or role = media",
        "tag = vip",
        "not (role = customer and region = DE)",
        "confirmed < 2026-01-01",
        "reads = de",
        "role = customer and role = media",
        "not language = de",
    ],
)
def test_what_boxes_cannot_say_stays_a_sentence(text):
    """None rather than something else."""
    assert builder.read(segments.parse(text)) is None


def test_nothing_ticked_is_nobody():
    """Everybody is said on purpose."""
    assert builder.write(Choice()) == ""
    assert builder.write(Choice(not_roles=("media",))) == ""
    assert builder.write(Choice(everybody=True)) == "everyone"


@pytest.fixture
def page(signed_in, mina, draft):
    """The page of Mina's draft: send what is ticked, get the answer."""
    client, address = signed_in(mina), f"/alerts/{draft.pk}/audience/"

    def send(*, to="", **sent):
        return client.post(f"{address}{to}", {"mark": marks.of_audience(draft), **sent})

    send.client, send.address = client, address  # type: ignore[attr-defined]
    return send


def test_boxes_are_saved_as_a_sentence(page, draft):
    """With places typed in any language; the page shows them ticked again."""
    answer = page(role=["employee"], regions="Ireland، آلمان", language=["en"], go="next")
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.segment == "role = employee and region in (IE, DE) and language = en"
    shown = page.client.get(page.address).content.decode()
    assert 'value="IE"\n' in shown or 'value="IE" checked' in " ".join(shown.split())


def test_the_count_comes_while_one_chooses(page, draft):
    """Nothing is saved; the same as a sentence stands beside it."""
    shown = page(to="count/", role=["employee"]).content.decode()
    assert "role = employee" in shown
    assert " ".join(shown.split()).count("<b>1</b>") >= 2
    draft.refresh_from_db()
    assert draft.segment == "everyone"


def test_of_few_people_elsewhere_nothing_is_told(page):
    """A sentence that fits one stranger in another region says nothing of them."""
    assert "Live outside" not in page.client.get(f"{page.address}?whole=1").content.decode()


def test_the_page_does_not_wait_for_a_count(page, monkeypatch):
    """It asks for it afterwards; who has no JavaScript waits for it; then it is there for a while."""
    monkeypatch.setattr("contacts.crowds.FEW", 1)
    assert "Counting…" in page.client.get(page.address).content.decode()
    written = page.client.get(f"{page.address}?as=text").content.decode()
    assert 'content="0;url=?as=text&amp;whole=1"' in written  # the sentence stays a sentence
    whole = page.client.get(f"{page.address}?whole=1").content.decode()
    assert "Counting…" not in whole
    assert "Live outside the regions of this alert" in whole


def test_what_is_wrong_stands_beside_its_field(page, draft):
    """And nothing is saved."""
    shown = page(way="text", segment="role = custmer", go="save").content.decode()
    assert 'id="id_segment_wrong"' in shown
    assert "custmer" in shown
    assert "not a region that we know" in page(regions="Atlantis", go="save").content.decode()
    assert "Tick one or the other" in page(everybody="on", role=["media"]).content.decode()
    draft.refresh_from_db()
    assert draft.segment == "everyone"


def test_one_turns_boxes_into_a_sentence_and_back(page):
    """Nothing typed is lost on the way; what is too rich stays."""
    shown = page(role=["employee"], go="text").content.decode()
    assert "role = employee</textarea>" in shown
    shown = page(way="text", segment="role = employee", go="choices").content.decode()
    assert "</textarea>" not in shown
    shown = page(way="text", segment="tag = vip", go="choices").content.decode()
    assert "says more than boxes can show" in shown


def test_a_saved_audience_is_taken_over(page):
    """Into the form; one still looks before one saves."""
    Segment.objects.create(key="shops", title="All shops", text="role = retailer")
    shown = page(go="saved", saved="shops").content.decode()
    assert "role = retailer" in shown


def test_two_tabs_do_not_destroy_an_audience(page, draft, operator):
    """Who comes second is told who was first, and may insist."""
    greta = operator("greta.vogel", "EU", role="author", name="Greta Vogel")
    seen = marks.of_audience(draft)
    compose.set_audience(draft, by=greta, segment="region = DE")
    shown = page(everybody="on", mark=seen, go="next").content.decode()
    assert "Greta Vogel has changed this" in shown
    assert "region = DE" in shown
    mark = shown.split('name="mark" value="')[1].split('"')[0]
    assert page(everybody="on", mark=mark, go="next").status_code == 302
    draft.refresh_from_db()
    assert draft.segment == "everyone"


def test_a_reader_looks_and_saves_nothing(signed_in, kenji, draft):
    """403 for a change; the figures are those of the regions that both have."""
    client = signed_in(kenji)
    address = f"/alerts/{draft.pk}/audience/"
    assert client.get(f"{address}?whole=1").status_code == 200
    sent = {"mark": marks.of_audience(draft), "everybody": "on", "go": "save"}
    assert client.post(address, sent).status_code == 403


def test_a_reader_counts_no_sentence_of_their_own(signed_in, kenji, mina, draft):
    """One after the other they would tell of single people; what is saved is counted for all."""
    told = {"way": "text", "segment": "region = DE and language = fa", "go": "count"}
    for who, counts in ((kenji, False), (mina, True)):
        client = signed_in(who)
        for there in ("audience/", "audience/count/"):
            page = client.post(f"/alerts/{draft.pk}/{there}", told).content.decode()
            assert ("<b>1</b> person" in " ".join(page.split())) is counts


def test_a_list_of_people_elsewhere_is_not_there(people, draft, mina, operator):
    """A draft of the EU could keep Brazil's list from Brazil; its name is not told to the EU."""
    theirs = AdHocList.objects.create(name="Clinic of Recife")
    Contact.objects.filter(pk=people["joao"].pk).update(list=theirs)
    with pytest.raises(Refused, match="unknown_list"):
        compose.compose("recall", by=mina, mode="drill", list_id=theirs.pk)
    with pytest.raises(Refused, match="unknown_list"):
        compose.set_audience(draft, by=mina, list_id=theirs.pk)
    ana = operator("ana.souza", "BR", role="author")
    assert compose.compose("recall", by=ana, mode="drill", list_id=theirs.pk).list_id == theirs.pk


def test_lists_are_offered_to_who_may_see_somebody_of_them(people):
    """Newest first; a list of people elsewhere keeps its name to itself."""
    mine, theirs = (AdHocList.objects.create(name=name) for name in ("Oats DE", "Oats BR"))
    for who, one in (("greta", mine), ("joao", theirs)):
        Contact.objects.filter(pk=people[who].pk).update(list=one)
    assert lists.named(scope=Scope(regions=("EU",))) == {mine.pk: "Oats DE"}
    assert list(lists.named(scope=Scope.everything())) == [theirs.pk, mine.pk]
