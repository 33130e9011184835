"""The shelf, the desk and the ways between: as translators, authors and others meet them."""

import pytest
from babel.messages.pofile import read_po, write_po
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dispatcher.operators import roster
from dispatcher.operators.roles import Role
from dispatcher.wording import bench, catalogs, glossary, library
from dispatcher.wording.models import Template, WordingVersion
from tests.console.conftest import NASTY

pytestmark = pytest.mark.usefixtures("shelf")
KEY = "recall.first.consumer"


@pytest.fixture
def shelf(db, few_texts):  # noqa: ARG001
    """The shipped texts for consumers in a recall, in three languages."""
    library.load(root=few_texts)


@pytest.fixture(scope="module")
def few_texts(tmp_path_factory):
    """A folder of catalogues with nothing else in them: all of them take four seconds to load."""
    root = tmp_path_factory.mktemp("locales")
    for locale in ("en", "fa", "de"):
        path = catalogs.folder() / locale / "LC_MESSAGES" / "alerts.po"
        with path.open("rb") as file:
            whole = read_po(file, locale=locale)
        for message in list(whole):
            if message.id and not str(message.context).startswith(f"{KEY}."):
                whole.delete(message.id, message.context)
        place = root / locale / "LC_MESSAGES" / "alerts.po"
        place.parent.mkdir(parents=True)
        with place.open("wb") as file:
            write_po(file, whole)
    return root


@pytest.fixture
def omid(operator, sofie):
    """Omid Karimi vouches for Persian and Arabic."""
    user = operator("omid.karimi", name="امید کریمی", language="fa")
    roster.grant(user, Role.TRANSLATOR, over=["001"], by=sofie, languages=["fa", "ar"])
    return user


@pytest.fixture
def elif_(operator, sofie):
    """Elif Demir vouches for Persian, too, and for Turkish."""
    user = operator("elif.demir", name="Elif Demir")
    roster.grant(user, Role.TRANSLATOR, over=["001"], by=sofie, languages=["fa", "tr"])
    return user


def at(locale="fa", channel="sms", key=KEY):
    return reverse("console:words-text", args=[key, channel, locale])


def held(locale="fa", channel="sms", key=KEY):
    return (
        WordingVersion.objects.filter(
            wording__template__key=key, wording__template__channel=channel, wording__locale=locale
        )
        .order_by("-pk")
        .first()
    )


def test_the_shelf_says_what_waits(omid, signed_in):
    """Shipped texts wait for a name; the way to the next one is on top."""
    page = signed_in(omid).get("/words/?drawer=recall").content.decode()
    assert reverse("console:words-next", args=["fa"]) in page
    assert f"/words/text/{KEY}/" in page
    assert "۳" in page


def test_the_next_one_leads_through_all_of_them(omid, signed_in):
    """What is accepted does not come again."""
    client = signed_in(omid)
    first = client.get(reverse("console:words-next", args=["fa"])).url
    key, channel = first.split("/")[3:5]
    answer = client.post(reverse("console:words-accept", args=[held("fa", channel, key).pk]))
    assert answer.status_code == 302
    onward = client.get(answer.url).url
    assert onward != first
    assert client.get(reverse("console:words-next", args=["fa"])).url != first
    assert held("fa", channel, key).voucher_id == omid.pk


def test_an_edit_is_a_new_version_that_somebody_else_accepts(omid, elif_, client):
    """Whoever wrote the last edit does not see the button; the other one does."""
    text = held("fa")
    client.force_login(omid)
    fields = {"text": text.fields["text"] + "\nاین پیام رسمی است.", "seen": text.pk}
    assert client.post(at(), fields).status_code == 302
    mine = held("fa")
    assert (mine.state, mine.writer_id) == ("in_review", omid.pk)
    assert 'id="accept"' not in client.get(at()).content.decode()
    assert client.post(reverse("console:words-accept", args=[mine.pk])).status_code == 403
    client.force_login(elif_)
    assert 'id="accept"' in client.get(at()).content.decode()
    client.post(reverse("console:words-accept", args=[mine.pk]))
    mine.refresh_from_db()
    assert (mine.state, mine.accepted_by) == ("accepted", "Elif Demir")


def test_two_tabs_lose_nothing(omid, elif_, client):
    """The second one is told who was first, and keeps its own words in the form."""
    seen = held("fa")
    client.force_login(elif_)
    client.post(at(), {"text": seen.fields["text"] + "\nنسخهٔ اول", "seen": seen.pk})
    client.force_login(omid)
    told = client.post(at(), {"text": seen.fields["text"] + "\nنسخهٔ دوم", "seen": seen.pk})
    page = told.content.decode()
    assert told.status_code == 422
    assert "elif.demir" in page
    assert "نسخهٔ دوم" in page
    assert "نسخهٔ اول" in page
    again = client.post(at(), {"text": seen.fields["text"] + "\nنسخهٔ دوم", "seen": held("fa").pk})
    assert again.status_code == 302


def test_what_the_checks_refuse_is_said_before_it_is_saved(omid, client):
    """A lost placeholder, while one writes."""
    client.force_login(omid)
    address = reverse("console:words-check", args=[KEY, "sms", "fa"])
    page = client.post(address, {"text": "متن بدون هیچ جای‌نگهدار"}).content.decode()
    assert "i-refuse" in page
    good = client.post(address, {"text": held("fa").fields["text"]}).content.decode()
    assert "i-refuse" not in good
    assert 'dir="rtl"' in good


def test_a_changed_source_is_shown_and_accepted_again(omid, operator, client):
    """The difference word by word; one action with a reason."""
    source = Template.objects.get(key=KEY, channel="sms").source["text"]
    lea = operator("lea.hofer", "001", role=Role.AUTHOR)
    text = {"text": f"{source} Thank you."}
    bench.write(KEY, channel="sms", language="en", fields=text, by=lea, outdates=2)
    client.force_login(omid)
    page = client.get(at()).content.decode()
    assert "<ins>" in page
    again = reverse("console:words-again", args=[held("fa").pk])
    assert client.post(again, {"reason": ""}).status_code == 200
    assert client.post(again, {"reason": "Only a courtesy was added."}).status_code == 302
    assert held("fa").state == "accepted"


def test_a_return_needs_a_reason(omid, client):
    """The text is no longer sendable, and says why."""
    client.force_login(omid)
    back = reverse("console:words-return", args=[held("fa").pk])
    client.post(back, {"reason": "لحن رسمی نیست"})
    assert held("fa").state == "needs_editing"
    assert "لحن رسمی نیست" in client.get(at()).content.decode()


def test_another_language_is_not_theirs_to_accept(omid, client):
    """Not by the button, which is not there, and not by the address."""
    client.force_login(omid)
    assert 'id="accept"' not in client.get(at("de")).content.decode()
    accept = reverse("console:words-accept", args=[held("de").pk])
    assert client.post(accept).status_code == 403
    assert held("de").voucher_id is None


def test_an_alerts_own_words_are_for_who_sees_the_alert(mina, ana, story, client):
    """Mina's alert for Europe is nothing to Ana in Brazil; translators see all."""
    alert = story(scope=("EU",), people=[]).dispatch.alert_ref.removeprefix("alert:")
    key = f"alert:{alert}.consumer"
    bench.write(key, channel="sms", language="en", fields={"text": "Stop: {product}."}, by=mina)
    client.force_login(mina)
    assert client.get(at("en", key=key)).status_code == 200
    client.force_login(ana)
    assert client.get(at("en", key=key)).status_code == 404
    assert key not in client.get("/words/?drawer=own").content.decode()


def test_an_alerts_own_words_are_written_by_who_may_change_it(mina, ana, operator, story, client):
    """A text that nobody has begun is no way into somebody else's alert, and a file is none."""
    alert = story(scope=("EU",), people=[]).dispatch.alert_ref.removeprefix("alert:")
    key = f"alert:{alert}.consumer"
    address = reverse("console:words-source", args=[key, "sms"])
    reader = operator("greta.vogel", "DE", role=Role.AUTHOR)
    sent = {"f_text": "Nothing has happened.", "text": "Nothing has happened."}
    for other, status in ((ana, 404), (reader, 403)):
        client.force_login(other)
        assert client.post(address, sent).status_code == status
    assert not Template.objects.filter(key=key).exists()
    bench.write(key, channel="sms", language="en", fields={"text": "Stop: {product}."}, by=mina)
    line = f"context,source,translation\n{key}.sms,Stop: {{product}}.,Weiter: {{product}}.\n"
    for other in (ana, reader):
        client.force_login(other)
        file = SimpleUploadedFile("de.csv", line.encode())
        client.post(reverse("console:words-trade"), {"file": file, "locale": "de"})
        assert client.post(at("de", key=key), sent).status_code in {403, 404}
    assert held("de", key=key) is None
    client.force_login(mina)
    file = SimpleUploadedFile("de.csv", line.encode())
    client.post(reverse("console:words-trade"), {"file": file, "locale": "de"})
    assert held("de", key=key).fields == {"text": "Weiter: {product}."}


def test_files_go_out_and_come_back(omid, client):
    """As they went they change nothing; a spoiled one is refused whole."""
    client.force_login(omid)
    for kind in ("po", "xliff", "xliff2", "csv"):
        out = client.get(
            reverse("console:words-export"), {"drawer": "recall", "locale": "fa", "kind": kind}
        )
        name = out["Content-Disposition"].split('"')[1]
        file = SimpleUploadedFile(name, out.content)
        answer = client.post(reverse("console:words-trade"), {"file": file, "locale": "fa"})
        assert answer.status_code == 302, answer.content.decode()
    before = WordingVersion.objects.count()
    bad = out.content.replace(b"{product}", b"{prodct}")
    file = SimpleUploadedFile("fa.csv", bad)
    answer = client.post(reverse("console:words-trade"), {"file": file, "locale": "fa"})
    assert answer.status_code == 422
    assert WordingVersion.objects.count() == before


def test_a_term_is_kept_and_struck_out(omid, client):
    """By who vouches for the language, and by nobody else; a question before it goes."""
    client.force_login(omid)
    there = reverse("console:words-glossary")
    told = {"term": "recall", "locale": "fa", "names": "فراخوان\nجمع‌آوری", "forbidden": "یادآوری"}
    assert client.post(there, told).status_code == 302
    assert "یادآوری" in client.get(there).content.decode()
    assert client.post(there, told | {"locale": "de"}).status_code == 200
    assert [term.locale for term in glossary.terms()] == ["fa"]
    gone = reverse("console:words-strike")
    assert client.get(gone, {"term": "recall", "locale": "fa"}).status_code == 200
    assert client.post(gone, {"term": "recall", "locale": "fa"}).status_code == 302
    assert glossary.terms() == ()


def test_stored_text_does_not_run(omid, client):
    """Remarks are letters."""
    client.force_login(omid)
    client.post(reverse("console:words-return", args=[held("fa").pk]), {"reason": NASTY})
    assert NASTY not in client.get(at()).content.decode()


def test_engines_are_an_admins_word(sofie, omid, client):
    """The page is shut to translators."""
    client.force_login(omid)
    assert client.get(reverse("console:words-engines")).status_code == 403
    client.force_login(sofie)
    assert client.get(reverse("console:words-engines")).status_code == 200


@pytest.mark.parametrize("page", ["words-scenarios", "words-countries", "words-trade", "words-new"])
def test_the_other_pages_open(mina, client, page):
    """For authors, too."""
    client.force_login(mina)
    assert client.get(reverse(f"console:{page}")).status_code == 200
