"""The glossary: whose words they are, what checks and drafts make of them, and their sheets."""

import csv
import io

import pytest

from dispatcher.kit.errors import Refused
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import JournalEntry
from dispatcher.wording import asking, bench, checks, drafting, glossary
from dispatcher.wording.checks import Asked, Severity
from dispatcher.wording.exchange import terms
from dispatcher.wording.exchange.units import NotTaken
from dispatcher.wording.glossary import Kept, Term
from tests.wording.conftest import KEY

pytestmark = pytest.mark.django_db
SOURCE = {"text": "Recall by Global Foods: do not eat {product}. Call {line, phone}"}
RECALL = Term("recall", "de", names=("Rückruf*",), forbidden=("Rückholaktion",))


def codes(text: str, *, by, locale: str = "de") -> set[str]:
    """What the bench finds on a German text of the recall."""
    _, findings = bench.edit(KEY, channel="sms", locale=locale, fields={"text": text}, by=by)
    return {one.code for one in findings}


def test_its_translators_keep_a_languages_words(cast):
    """Greta may for German and not for Spanish; a name for every language is an admin's."""
    assert glossary.put(RECALL, by=cast.greta).set_by == "greta.berg"
    with pytest.raises(NotAllowed):
        glossary.put(Term("recall", "es", names=("retirada",)), by=cast.greta)
    with pytest.raises(NotAllowed):
        glossary.put(Term("Global Foods", keep=True), by=cast.greta)
    with pytest.raises(NotAllowed):
        glossary.remove("recall", locale="de", by=cast.mina)
    glossary.put(Term("Global Foods", keep=True), by=cast.sofie)
    assert [one.term for one in glossary.terms(locale="de")] == ["Global Foods", "recall"]


def test_every_change_is_on_record(cast):
    """Once when it is new, once when it is changed, once when it goes; not when it is the same."""
    glossary.put(RECALL, by=cast.greta)
    glossary.put(RECALL, by=cast.greta)
    glossary.put(Term("RECALL", "de", names=("Rückruf*", "Produktrückruf*")), by=cast.dieter)
    glossary.remove("recall", locale="de", by=cast.greta)
    told = JournalEntry.objects.filter(what__startswith="glossary.").order_by("pk")
    assert [(one.what, one.who) for one in told] == [
        ("glossary.set", "greta.berg"),
        ("glossary.set", "dieter.vogel"),
        ("glossary.removed", "greta.berg"),
    ]
    with pytest.raises(Refused, match=r"wording\.term_unknown"):
        glossary.remove("recall", locale="de", by=cast.greta)


WRONG = [
    (Term(" ", "de", names=("x",)), "wording.term_empty"),
    (Term("recall", "de"), "wording.term_says_nothing"),
    (Term("recall", "de", names=("Rückruf",), keep=True), "wording.term_contradicts"),
    (Term("recall", "de", names=("Rückruf",), forbidden=("rückruf",)), "wording.term_contradicts"),
    (Term("recall", names=("Rückruf",)), "wording.term_without_language"),
    (Term("recall", "de", names=("x" * 121,)), "wording.term_long"),
    (Term("recall", "de", names=tuple(map(str, range(30)))), "wording.term_long"),
    (Term("recall", "klingon", names=("x",)), "wording.language_unknown"),
]


@pytest.mark.parametrize(("term", "code"), WRONG)
def test_a_term_that_cannot_be_is_refused(cast, term, code):
    """Nothing is entered."""
    with pytest.raises(Refused) as refused:
        glossary.put(term, by=cast.sofie)
    assert refused.value.code == code
    assert glossary.terms() == ()


def test_the_bench_looks_for_them(cast):
    """A name that was translated, another word, a forbidden one; endings are free."""
    bench.write(KEY, channel="sms", language="en", fields=SOURCE, by=cast.mina)
    glossary.put(RECALL, by=cast.greta)
    glossary.put(Term("Global Foods", keep=True), by=cast.sofie)
    end = "{product} nicht essen. Telefon: {line, phone}"
    mine = {"wording.term_lost", "wording.glossary_missed", "wording.term_forbidden"}
    for text, found in (
        (f"Rückrufs von Global Foods: {end}", set()),
        (f"Rückruf der Weltkost: {end}", {"wording.term_lost"}),
        (f"Warnung von Global Foods: {end}", {"wording.glossary_missed"}),
        (
            f"Rückholaktion von Global Foods: {end}",
            {"wording.glossary_missed", "wording.term_forbidden"},
        ),
    ):
        assert codes(text, by=cast.mina) & mine == found, text


def test_a_word_that_is_forbidden_later_takes_the_leave_away(cast):
    """What was accepted cannot be accepted again; at preflight and launch it is refused."""
    bench.write(KEY, channel="sms", language="en", fields=SOURCE, by=cast.mina)
    text = {"text": "Rückholaktion von Global Foods: {product} nicht essen. Tel. {line, phone}"}
    version, _ = bench.edit(KEY, channel="sms", locale="de", fields=text, by=cast.mina)
    bench.accept(version.pk, by=cast.greta)
    glossary.put(RECALL, by=cast.greta)
    with pytest.raises(bench.Unsound) as refused:
        bench.accept(version.pk, by=cast.dieter)
    assert [one.code for one in refused.value.findings] == ["wording.term_forbidden"]


FORBIDDEN = [
    ("de", "Rückholaktion läuft", ("Rückholaktion",), (), True),
    ("de", "Rückholaktionen laufen", ("Rückholaktion",), (), False),
    ("de", "Rückholaktionen laufen", ("Rückholaktion*",), (), True),
    ("de", "Produktrückruf", ("Rückruf",), (), False),
    ("de", "der Rückruf zum Schutz", ("Rückruf",), ("Rückruf zum Schutz",), False),
    ("ja", "製品の撤去のお知らせ", ("撤去",), (), True),
    ("ru", "отзыва товара", ("отзыв",), (), False),
    ("ru", "отзыва товара", ("отзыв*",), (), True),
    ("tr", "İADE", ("iade",), (), True),
]


@pytest.mark.parametrize(("locale", "text", "never", "names", "found"), FORBIDDEN)
def test_forbidden_words_are_whole_words(locale, text, never, names, found):
    """A star stands for endings; what is inside an allowed name is allowed."""
    asked = Asked(forbidden={"recall": never}, glossary={"recall": names} if names else {})
    told = checks.examine(
        {"text": text}, locale=locale, source={"text": "Product recall"}, asked=asked
    )
    hit = [one for one in told if one.code == "wording.term_forbidden"]
    assert bool(hit) == found
    assert all(one.severity is Severity.REFUSE for one in hit)


def test_a_forbidden_word_of_another_term_is_free():
    """It is forbidden for a term that the source has, not everywhere."""
    asked = Asked(forbidden={"recall": ("Rückholaktion",)})
    told = checks.examine(
        {"text": "Rückholaktion"}, locale="de", source={"text": "Repatriation"}, asked=asked
    )
    assert "wording.term_forbidden" not in {one.code for one in told}


class Echo:
    """An engine that puts a German frame around what it gets."""

    name = "echo"

    def translate(self, words, **_):
        self.seen = list(words)
        return [f"Bitte beachten: {one}" for one in words]


def test_drafts_are_made_with_them(cast):
    """The engine never sees the term; the draft has the first of its words, the name as it is."""
    glossary.put(RECALL, by=cast.greta)
    glossary.put(Term("Global Foods", keep=True), by=cast.sofie)
    engine = Echo()
    told, _ = drafting.translate(
        SOURCE, source="en", target="de", engine=engine, terms=glossary.for_drafts("en", "de")
    )
    assert "Recall" not in engine.seen[0]
    assert "Global Foods" not in engine.seen[0]
    assert told["text"].startswith("Bitte beachten: Rückruf by Global Foods:")


def test_what_is_hung_in_is_asked(cast):
    """Of a variant what is asked of its text, joined with the glossary."""
    glossary.put(Term("Global Foods", keep=True), by=cast.sofie)

    def asker(key: str, channel: str) -> Asked:
        return Asked(keep=(f"{key}/{channel}",))

    with asking.hung(asker):
        told = asking.asked(f"{KEY}+country=JP", channel="sms", locale="ja", source_locale="en")
    assert told.keep == (f"{KEY}/sms", "Global Foods")
    assert asker not in asking._ASKERS


def test_a_sheet_comes_back_as_it_went(cast):
    """Formulas are defused on the way out and whole on the way in."""
    held = (
        RECALL,
        Term("=SUM", "de", names=("+49",), note="@home"),
        Term("Morning Oats", "de", keep=True),
    )
    content = terms.write(held, locale="de")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[2][0] == "'=SUM"
    assert terms.read(content, locale="de") == held
    assert glossary.put_all(terms.read(content, locale="de"), by=cast.greta) == Kept(3, 0, 0)
    assert glossary.put_all(terms.read(content, locale="de"), by=cast.greta) == Kept(0, 0, 3)


def test_a_sheet_that_a_spreadsheet_saved(cast):
    """Semicolons, another order, cp1252, TRUE for yes, empty lines."""
    text = "Keep;Term;Translation;Note\r\n;recall;Rückruf | Rückrufs;\r\n;;;\r\nTRUE;Oats;;\r\n"
    found = terms.read(text.encode("cp1252"), locale="de")
    assert [(one.term, one.names, one.keep) for one in found] == [
        ("recall", ("Rückruf", "Rückrufs"), False),
        ("Oats", (), True),
    ]
    glossary.put_all(found, by=cast.greta)


SHEETS = [
    (b"a,b\r\n1,2\r\n", "wording.sheet_headings"),
    (b"%PDF-1.7", "wording.sheet_unreadable"),
    (b"term,translation,en > fr\r\nrecall,rappel,\r\n", "wording.xliff_language"),
    (b"term,translation\r\nrecall,\r\n", "wording.bundle_not_taken"),
    (b"term,translation\r\nrecall,a\r\nRecall,b\r\n", "wording.bundle_not_taken"),
]


@pytest.mark.parametrize(("content", "code"), SHEETS)
def test_a_sheet_that_cannot_be_taken(content, code):
    """Said at once, with its lines; nothing is entered."""
    with pytest.raises(Refused) as refused:
        terms.read(content, locale="de")
    assert refused.value.code == code
    if isinstance(refused.value, NotTaken):
        assert [one.context for one in refused.value.problems] in (["2"], ["3"])
    assert glossary.terms() == ()


def test_one_line_that_is_not_allowed_takes_all_back(cast):
    """Nothing is half-imported."""
    wanted = (RECALL, Term("recall", "fr", names=("rappel",)))
    with pytest.raises(NotAllowed):
        glossary.put_all(wanted, by=cast.greta)
    assert glossary.terms() == ()
