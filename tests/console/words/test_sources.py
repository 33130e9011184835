"""Who may say what all alerts say: authors of the world, with a proof, knowing what goes stale."""

import pytest
from django.urls import reverse

from dispatcher.kit.errors import Refused
from dispatcher.operators import roster
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.roles import Role
from dispatcher.wording import bench
from dispatcher.wording.exchange.units import Bundle, NotTaken, Unit, take
from dispatcher.wording.models import Template, WordingVersion
from tests.console.account.test_fresh import stale
from tests.console.words.test_words import KEY, few_texts, shelf  # noqa: F401

pytestmark = pytest.mark.usefixtures("shelf")
TEXT = {"text": "{product}: do not eat it. Call {line, phone}."}
FORM = {"text": "{product}: do not eat it. Call {line, phone}."}
SOURCE = reverse("console:words-source", args=[KEY, "sms"])


@pytest.fixture
def lea(operator):
    """Lea Hofer writes for the whole world."""
    return operator("lea.hofer", "001", role=Role.AUTHOR, name="Lea Hofer")


def source() -> Template:
    return Template.objects.get(key=KEY, channel="sms")


def test_an_author_of_one_region_cannot_say_what_all_alerts_say(mina, signed_in):
    """Whichever door: the page, the desk's own form, the service behind the command line."""
    before, client = source().source_hash, signed_in(mina)
    assert client.post(SOURCE, FORM).status_code == 403
    desk = reverse("console:words-text", args=[KEY, "sms", "en"])
    assert client.post(desk, FORM).status_code == 403
    with pytest.raises(NotAllowed) as refused:
        bench.write(KEY, channel="sms", language="en", fields=TEXT, by=mina, outdates=9)
    assert (refused.value.code, source().source_hash) == ("wording.not_yours", before)


def test_a_translator_says_it_in_another_language_only(operator, sofie):
    """The source is not theirs; what they find wrong there they send back."""
    omid = operator("omid.karimi")
    roster.grant(omid, Role.TRANSLATOR, over=["001"], by=sofie, languages=["fa", "en"])
    with pytest.raises(NotAllowed):
        bench.write(KEY, channel="sms", language="en", fields=TEXT, by=omid, outdates=9)


def test_one_is_told_how_many_languages_go_stale_before_it_is_saved(lea, signed_in):
    """The page says how many; the service refuses who knows of fewer."""
    client = signed_in(lea)
    page = client.post(SOURCE, FORM)
    assert (page.status_code, page.context["asked"]) == (200, ("de", "fa"))
    assert 'name="outdates" value="2"' in page.content.decode()
    assert source().source["text"] != TEXT["text"]
    assert client.post(SOURCE, FORM | {"outdates": "1"}).context["asked"] == ("de", "fa")
    desk = reverse("console:words-text", args=[KEY, "sms", "en"])
    seen = WordingVersion.objects.get(wording__template=source(), wording__locale="en").pk
    page = client.post(desk, FORM | {"seen": str(seen)})  # the desk's form asks the same
    assert page.context["asked"] == ("de", "fa")
    assert f'action="{SOURCE}?language=en"' in page.content.decode()
    assert client.post(SOURCE, FORM | {"outdates": "2"}).status_code == 302
    assert source().source["text"] == TEXT["text"]
    german = WordingVersion.objects.filter(wording__template=source(), wording__locale="de")
    assert set(german.values_list("state", flat=True)) == {"stale"}


def test_without_a_fresh_proof_nothing_is_saved_and_nothing_is_lost(lea, signed_in):
    """What was typed stays in the form, with the way to the proof."""
    page = stale(signed_in(lea)).post(SOURCE, FORM | {"outdates": "2"})
    told = page.content.decode()
    assert (page.status_code, TEXT["text"] in told) == (200, True)
    assert "/account/prove/?next=%2Fwords%2F" in told
    assert source().source["text"] != TEXT["text"]


def test_one_alerts_own_words_wait_for_no_proof(mina, story, signed_in):
    """They may have to be said this minute, by the authors of its regions."""
    alert = story(scope=("EU",), people=[]).dispatch.alert_ref
    address = reverse("console:words-source", args=[f"{alert}.consumer", "sms"])
    assert stale(signed_in(mina)).post(address, FORM).status_code == 302


@pytest.mark.parametrize("number", ["own", "987654321"])
def test_an_alerts_own_words_are_asked_of_the_bench_itself(ana, story, number: str):
    """Also of an alert that is not there yet; and nobody learns which of the two it is."""
    alert = story(scope=("EU",), people=[]).dispatch.alert_ref
    key = f"{alert if number == 'own' else f'alert:{number}'}.consumer"
    for act in (
        lambda: bench.write(key, channel="sms", language="en", fields=TEXT, by=ana),
        lambda: bench.edit(key, channel="sms", locale="de", fields=TEXT, by=ana),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.code == "wording.not_yours"
    assert not Template.objects.filter(key=key).exists()


def test_a_file_brings_nothing_into_somebody_elses_alert(mina, ana, story):
    """To who may not write them the texts are as if there were none."""
    alert = story(scope=("EU",), people=[]).dispatch.alert_ref
    key = f"{alert}.consumer"
    made = bench.write(key, channel="sms", language="en", fields=TEXT, by=mina)
    unit = Unit(f"{key}.sms", TEXT["text"], "{product}: nicht essen. {line, phone}")
    with pytest.raises(NotTaken) as refused:
        take(Bundle("en", "de", (unit,)), by=ana)
    assert [one.error.code for one in refused.value.problems] == ["wording.unit_unknown"]
    with pytest.raises(NotAllowed):
        bench.ask_review(made.pk, by=ana)
    assert take(Bundle("en", "de", (unit,)), by=mina).new == 1


@pytest.mark.parametrize(
    "key",
    ["alert:x.consumer", "alert:9999999999999999999.x", 'a"b.first', "a\nb.first", "recall", "a/b.c",
     "x" * 121 + ".y", "recall..consumer"],
    ids=range(8),
)  # fmt: skip
def test_a_text_is_called_what_an_address_can_hold(lea, signed_in, key: str):
    """A name that no page could show would shut the shelf for everybody."""
    with pytest.raises(Refused, match="bad_key"):
        bench.write(key, channel="sms", language="en", fields=TEXT, by=lea)
    assert signed_in(lea).get("/words/").status_code == 200
