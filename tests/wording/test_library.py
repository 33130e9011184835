"""From catalogues to versions in the database, and what the library answers about them."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from dispatcher.kit.errors import Refused
from dispatcher.wording import checks, last_load, library
from dispatcher.wording.catalogs import digest
from dispatcher.wording.models import Template, Wording, WordingVersion

pytestmark = pytest.mark.django_db

KEY = "recall.first.consumer"
ENGLISH = {
    f"{KEY}.sms": "Do not eat {product}.",
    f"{KEY}.email.subject": "Recall of {product}",
    f"{KEY}.email.body": "Please return {product}.",
}
PERSIAN = {
    f"{KEY}.sms": "{product} را نخورید.",
    f"{KEY}.email.subject": "فراخوان {product}",
    f"{KEY}.email.body": "لطفاً {product} را بازگردانید.",
}


class Shelf:
    """A folder of catalogues that tests write and rewrite."""

    def __init__(self, root: Path):
        self.root = root
        self.english = dict(ENGLISH)
        self.write("en", ENGLISH)
        self.write("fa", PERSIAN)

    def write(self, folder, texts, *, sources=None, fuzzy=()):
        entries = [f'msgid ""\nmsgstr ""\n"Language: {folder}\\n"\n"X-Checked: By Mina.\\n"\n']
        for context, text in texts.items():
            source = (sources or self.english).get(context, "Unknown.")
            mark = "#, fuzzy\n" if context in fuzzy else ""
            entries.append(f'{mark}msgctxt "{context}"\nmsgid "{source}"\nmsgstr "{text}"\n')
        path = self.root / folder / "LC_MESSAGES" / "alerts.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(entries), encoding="utf-8")

    def rewrite_english(self, **changes):
        self.english |= {f"{KEY}.{context}": text for context, text in changes.items()}
        self.write("en", self.english)

    def load(self):
        return library.load(root=self.root)


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)


def states():
    """(locale, channel) -> states of its versions, oldest first."""
    found: dict[tuple[str, str], list[str]] = {}
    rows = WordingVersion.objects.select_related("wording__template").order_by("pk")
    for row in rows:
        found.setdefault((row.wording.locale, row.wording.template.channel), []).append(row.state)
    return found


def test_load(shelf):
    """Every whole text of every language becomes an accepted version."""
    loaded = shelf.load()
    assert (loaded.created, loaded.moved, loaded.accepted) == (4, 0, 4)
    assert loaded.locales == ("en", "fa")
    assert (loaded.drafts, loaded.stale, loaded.missing, loaded.problems) == ((), (), (), ())
    assert set(library.versions_for(KEY, channels=["sms", "email"])["sms"]) == {"en", "fa"}


def test_loading_again_changes_nothing(shelf):
    """The same catalogues make no new rows and move none."""
    shelf.load()
    before = list(WordingVersion.objects.order_by("pk").values())
    again = shelf.load()
    assert (again.created, again.moved, again.accepted) == (0, 0, 4)
    assert list(WordingVersion.objects.order_by("pk").values()) == before


@pytest.fixture
def examined(monkeypatch):
    """How many texts the gate has looked at."""
    seen = []
    whole = checks.examine

    def counted(*told, **facts):
        seen.append(1)
        return whole(*told, **facts)

    monkeypatch.setattr(checks, "examine", counted)
    return seen


def test_what_has_not_changed_is_not_checked_again(shelf, examined):
    """Seven seconds of CPU at every start, for the shipped texts; the answer is the same."""
    shelf.write("fa", PERSIAN | {f"{KEY}.sms": "آن را هرگز نخورید."})
    first = shelf.load()
    n = len(examined)
    again = shelf.load()
    assert n == 4
    assert len(examined) == n
    assert again == replace(first, created=0)


@pytest.mark.parametrize("change", ["catalogue", "rules", "rows"])
def test_what_has_changed_is_checked(shelf, examined, monkeypatch, change):
    """A new text, a new rule, or a row that somebody has moved."""
    shelf.load()
    examined.clear()
    if change == "catalogue":
        shelf.write("fa", PERSIAN | {f"{KEY}.email.subject": "پس گرفتن {product}"})
    elif change == "rules":
        monkeypatch.setattr(last_load, "_rules", lambda: "other")
    else:
        WordingVersion.objects.filter(wording__locale="fa").update(state="stale")
    shelf.load()
    assert len(examined) == 4
    assert "fa" in library.versions_for(KEY, channels=["email"])["email"]


def test_fuzzy_is_not_accepted(shelf):
    """A fuzzy field keeps the message a draft; without the mark the same version is accepted."""
    shelf.write("fa", PERSIAN, fuzzy=[f"{KEY}.email.body"])
    loaded = shelf.load()
    assert loaded.drafts == ((KEY, "email", "fa"),)
    assert "fa" not in library.versions_for(KEY, channels=["email"])["email"]
    shelf.write("fa", PERSIAN)
    again = shelf.load()
    assert (again.created, again.moved) == (0, 1)
    assert states()["fa", "email"] == ["accepted"]
    assert library.show(KEY, locale="fa")[0].accepted_by == "By Mina."


def test_what_the_gate_refuses_is_a_draft(shelf):
    """A translation without the product is loaded, and not sendable."""
    shelf.write("fa", PERSIAN | {f"{KEY}.sms": "آن را هرگز نخورید."})
    assert shelf.load().drafts == ((KEY, "sms", "fa"),)
    remarks = library.check(KEY, locale="fa")
    assert [remark.finding.code for remark in remarks if remark.state == "needs_editing"] == [
        "wording.slots_differ",
        "wording.elements_missing",  # what the scenario asks for: who speaks, and whom to ask
        "wording.sms_parts",
    ]


def test_changed_source_makes_stale(shelf):
    """Until the translation follows, nothing goes out in that language."""
    shelf.load()
    shelf.rewrite_english(sms="Do not eat or open {product}.")
    shelf.write("fa", PERSIAN, sources=ENGLISH)
    loaded = shelf.load()
    assert loaded.stale == ((KEY, "sms", "fa"),)
    assert states()["fa", "sms"] == ["stale"]
    assert set(library.versions_for(KEY, channels=["sms"])["sms"]) == {"en"}
    assert set(library.versions_for(KEY, channels=["email"])["email"]) == {"en", "fa"}


def test_going_back(shelf):
    """A source that goes back to what it was finds its old translation again."""
    shelf.load()
    first = library.versions_for(KEY, channels=["sms"])
    shelf.rewrite_english(sms="Do not open {product}.")
    shelf.write("fa", PERSIAN, sources=ENGLISH)
    shelf.load()
    shelf.rewrite_english(sms=ENGLISH[f"{KEY}.sms"])
    shelf.load()
    assert library.versions_for(KEY, channels=["sms"]) == first
    assert states()["en", "sms"] == ["accepted", "stale"]


def test_better_translation_takes_the_place(shelf):
    """One wording has one accepted shipped text: the one in the catalogue."""
    shelf.load()
    shelf.write("fa", PERSIAN | {f"{KEY}.sms": "{product} را هرگز نخورید."})
    shelf.load()
    assert states()["fa", "sms"] == ["stale", "accepted"]
    shelf.write("fa", PERSIAN)
    shelf.load()
    assert states()["fa", "sms"] == ["accepted", "stale"]


def test_removed_translation_is_withdrawn(shelf):
    """What is no longer in the catalogue is no longer sent."""
    shelf.load()
    shelf.write("fa", {f"{KEY}.sms": PERSIAN[f"{KEY}.sms"]})
    loaded = shelf.load()
    assert loaded.missing == ((KEY, "email", "fa"),)
    assert states()["fa", "email"] == ["stale"]


def test_entry_that_the_source_lacks(shelf):
    """It is told, and left out."""
    shelf.write("fa", PERSIAN | {"recall.first.pupil.sms": "سلام"})
    loaded = shelf.load()
    assert [problem.facts["context"] for problem in loaded.problems] == ["recall.first.pupil.sms"]
    assert loaded.created == 4


def test_english_that_is_not_its_own_source(shelf):
    """A source catalogue whose text differs from its msgid is not accepted."""
    shelf.write("en", ENGLISH | {f"{KEY}.sms": "Eat {product}."})
    assert (KEY, "sms", "en") in shelf.load().drafts


def test_broken_catalogue_changes_nothing(shelf):
    """One file that cannot be trusted, and nothing of any is taken."""
    path = shelf.root / "fa" / "LC_MESSAGES" / "alerts.po"
    path.write_bytes(path.read_bytes() + b'msgid "\n')
    with pytest.raises(Refused, match="catalogue_unreadable"):
        shelf.load()
    assert not Template.objects.exists()


def _own(locale="fa", text="{product} را اصلاً نخورید.", **columns):
    wording = Wording.objects.get(template__channel="sms", locale=locale)
    fields = {"text": text}
    return WordingVersion.objects.create(
        wording=wording,
        fields=fields,
        text_hash=digest(fields),
        **{"source_hash": wording.template.source_hash, "origin": "operator", "state": "accepted"}
        | columns,
    )


def test_own_text_is_preferred(shelf):
    """The organisation's accepted text replaces the shipped one, until the source changes."""
    shelf.load()
    shipped = library.versions_for(KEY, channels=["sms"])["sms"]["fa"]
    own = _own()
    assert library.versions_for(KEY, channels=["sms"])["sms"]["fa"] == own.pk
    assert library.available([KEY], channel="sms")[KEY]["fa"] == own.pk
    shelf.load()
    assert library.versions_for(KEY, channels=["sms"])["sms"]["fa"] == own.pk
    shelf.rewrite_english(sms="Do not open {product}.")
    shelf.write("fa", PERSIAN)
    shelf.load()
    assert library.versions_for(KEY, channels=["sms"])["sms"]["fa"] not in {own.pk, shipped}
    own.refresh_from_db()
    assert own.state == "stale"


def test_written_against_another_source(shelf):
    """An accepted text is not offered beside a source that it does not translate."""
    shelf.load()
    Template.objects.filter(channel="sms").update(source_hash="0" * 64)
    assert library.versions_for(KEY, channels=["sms"]) == {"sms": {}}


@pytest.mark.parametrize("state", ["machine_draft", "needs_editing", "in_review", "stale"])
def test_only_accepted_is_offered(shelf, state):
    """A draft or stale own text does not hide the shipped one."""
    shelf.load()
    before = library.versions_for(KEY, channels=["sms"])
    _own(state=state)
    assert library.versions_for(KEY, channels=["sms"]) == before


def test_texts_are_never_rewritten(shelf):
    """The database itself refuses."""
    shelf.load()
    version = WordingVersion.objects.latest("pk")
    for columns in ({"fields": {"text": "x"}}, {"source_hash": "0"}, {"origin": "operator"}):
        with pytest.raises(IntegrityError, match="keeps its text"), transaction.atomic():
            WordingVersion.objects.filter(pk=version.pk).update(**columns)
    assert WordingVersion.objects.filter(pk=version.pk).update(state="stale") == 1


@pytest.mark.parametrize("columns", [{"state": "perfect"}, {"origin": "machine"}])
def test_unknown_words(shelf, columns):
    """A state or origin that no table knows does not get in."""
    shelf.load()
    with pytest.raises(IntegrityError), transaction.atomic():
        _own(**columns)


def test_fields(shelf, django_assert_num_queries):
    """Texts by version id, in one query."""
    shelf.load()
    ids = library.versions_for(KEY, channels=["sms", "email"])
    wanted = [ids["sms"]["fa"], ids["email"]["en"]]
    with django_assert_num_queries(1):
        found = library.fields(wanted)
    assert found[wanted[0]].fields == {"text": "{product} را نخورید."}
    assert found[wanted[0]].name == f"{KEY}.sms"
    assert found[wanted[1]].locale == "en"
    with pytest.raises(Refused, match="version_unknown"):
        library.fields([*wanted, 987_654_321])


def test_versions_in_one_query(shelf, django_assert_num_queries):
    """A key's whole shelf, with an empty place for a channel without a text."""
    shelf.load()
    with django_assert_num_queries(1):
        shelf_of_key = library.versions_for(KEY, channels=("sms", "push"))
    assert shelf_of_key["push"] == {}
    assert set(shelf_of_key["sms"]) == {"en", "fa"}


@pytest.mark.parametrize(
    "ask",
    [
        lambda: library.versions_for("recall.fist.consumer", channels=["sms"]),
        lambda: library.show("recall.fist.consumer"),
        lambda: library.check("recall.fist.consumer"),
    ],
)
def test_unknown_key(shelf, ask):
    """A typing error in a key is said, not answered with nothing."""
    shelf.load()
    with pytest.raises(Refused) as wrong:
        ask()
    assert wrong.value.facts == {"key": "recall.fist.consumer"}


def test_show_and_keys(shelf):
    """Versions of a key, in one language or all."""
    shelf.load()
    assert library.keys() == (KEY,)
    assert [(text.channel, text.locale) for text in library.show(KEY)] == [
        ("email", "en"), ("email", "fa"), ("sms", "en"), ("sms", "fa"),
    ]  # fmt: skip
    assert [text.channel for text in library.show(KEY, locale="fa")] == ["email", "sms"]
    assert library.show(KEY, locale="sw") == ()


def test_shipped_wordings_load():
    """What the program ships is read, and its English accepted whole."""
    loaded = library.load()
    assert not loaded.problems
    assert not [
        place for place in (*loaded.drafts, *loaded.stale, *loaded.missing) if place[2] == "en"
    ]
    assert set(library.versions_for("recall.first.consumer", channels=["sms"])["sms"]) >= {"en"}
