"""Findings of one kind are one finding; none is lost, and the count of blockers stays true."""

import re

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.alerts import compose
from dispatcher.console.alerts import alike
from dispatcher.console.saying import said
from dispatcher.kit.errors import Refused


def missing(name="lots"):
    return Refused("alerts.fact_missing", name=name, type="list")


def unvouched(group="consumer", channel="sms"):
    return Refused("alerts.nobody_vouches", group=group, channel=channel, languages="de, fa")


def abroad(country="DE"):
    return Refused(
        "alerts.sms_links_refused", country=country, people=3, read="2026-01-02", source="x"
    )


def grouped(*errors, remedy=None):
    with translation.override("en"):
        return alike.grouped(errors, level="refuse", scenario="recall", remedy=remedy)


def test_one_of_a_kind_stays_its_own_sentence():
    """Who has one thing to mend reads one sentence."""
    [note] = grouped(missing())
    assert "is missing" in note.text
    assert not note.each


def test_several_are_said_once_with_what_they_are_about():
    """Group, medium and languages of each; all in the reader's words."""
    [note] = grouped(unvouched(), unvouched("retailer", "email"))
    assert "2 texts" in note.text
    told = [re.sub("[\u2066-\u2069]", "", one.text) for one in note.each]
    assert told == ["Consumers · SMS · German, Persian", "Retailers · E-mail · German, Persian"]
    assert note.short


def test_a_link_each_where_they_differ_and_one_where_they_do_not():
    """Facts are mended each at its place, texts all on one page."""
    [facts] = grouped(
        missing("lots"), missing("product"), remedy=lambda one: (f"#{one.facts['name']}", "Facts")
    )
    assert [one.href for one in facts.each] == ["#lots", "#product"]
    assert not facts.href
    [texts] = grouped(unvouched(), unvouched("retailer"), remedy=lambda _one: ("/words", "Words"))
    assert (texts.href, texts.remedy) == ("/words", "Words")
    assert [one.href for one in texts.each] == ["", ""]


def test_a_folded_list_shows_the_page_where_all_of_it_is_mended():
    """Who does not open it still sees where to go."""
    names = [f"fact{n}" for n in range(alike.SHORT + 1)]
    [note] = grouped(
        *map(missing, names), remedy=lambda one: (f"/facts/#{one.facts['name']}", "Facts")
    )
    assert (note.href, note.remedy) == ("/facts/", "Facts")
    assert [one.href for one in note.each] == [f"/facts/#{name}" for name in names]


def test_a_kind_without_a_sentence_for_many_is_folded_under_its_first():
    """Two stand beside each other; of more the first one speaks."""
    assert [note.more for note in grouped(abroad("DE"), abroad("FR"))] == ["", ""]
    [note] = grouped(abroad("DE"), abroad("FR"), abroad("BR"))
    assert "Germany" in note.text
    assert note.more == "2 more like it"
    assert ["France" in note.each[0].text, "Brazil" in note.each[1].text] == [True, True]


KINDS = st.sampled_from([missing, unvouched, abroad])


@given(st.lists(KINDS, max_size=30))
def test_nothing_is_lost(kinds):
    """As many entries as findings, however they are mixed; a kind stands where it was first."""
    notes = grouped(*(kind() for kind in kinds))
    assert sum(len(note.each) + bool(note.more) or 1 for note in notes) == len(kinds)
    with translation.override("en"):
        sentences = [said(kind(), scenario="recall")[:20] for kind in dict.fromkeys(kinds)]
    alone = [note.text[:20] for note in notes if not note.each]
    assert [one for one in dict.fromkeys(alone) if one in sentences] == list(dict.fromkeys(alone))


def test_the_check_counts_every_blocker(signed_in, mina, draft):
    """A dozen facts are missing: one finding, a dozen things in the way, a link to each."""
    real = compose.compose("recall", by=mina, mode="real", title="Oats", segment=draft.segment)
    page = signed_in(mina).get(f"/alerts/{real.pk}/check/?whole=1").content.decode()
    blocked = page[page.index('id="causes"') : page.index("</section>", page.index('id="causes"'))]
    [count] = map(int, re.findall(r"(\d+) things? stand", blocked))
    entries = blocked.count("<li") - blocked.count('<ul class="alike"')
    assert count == entries
    assert count > blocked.count('class="finding refuse"')
    facts = set(re.findall(r'href="[^"]*/facts/#(f-[^"]+)"', blocked))
    assert len(facts) > 3
    sheet = signed_in(mina).get(f"/alerts/{real.pk}/facts/").content.decode()
    assert not [one for one in sorted(facts) if f'id="{one}"' not in sheet]


@pytest.mark.parametrize("n", [2, alike.SHORT, alike.SHORT + 1])
def test_a_long_list_opens_on_a_click(n):
    """A short one is seen at once."""
    [note] = grouped(*[missing()] * n)
    assert note.short == (n <= alike.SHORT)
