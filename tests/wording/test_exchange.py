"""Out to translators and back: a round trip changes nothing, and nothing comes in by halves."""

import subprocess
from shutil import which

import pytest

from dispatcher.kit.errors import Refused
from dispatcher.wording import bench
from dispatcher.wording.exchange import markup, po, sheet, xliff
from dispatcher.wording.exchange.units import Bundle, NotTaken, Unit, collect, take
from dispatcher.wording.models import WordingVersion
from dispatcher.wording.standing import standings
from tests.wording.conftest import KEY

pytestmark = pytest.mark.django_db

LETTER = {
    "subject": "Recall: {product}",
    "body": "Dear {recipient},\n\n**Do NOT eat it.**\n\n- {n, plural, one {# pack} other {# packs}}"
    "\n- Call {line, phone} & it's urgent: 2 < 3",
}
GERMAN = {
    "subject": "Rückruf: {product}",
    "body": "Guten Tag {recipient},\n\n**Bitte NICHT essen.**\n\n"
    "- {n, plural, one {# Packung} other {# Packungen}}\n- Telefon: {line, phone} & es ist dringend: 2 < 3",
}
FORMATS = {
    "po": (po.write, po.read),
    "csv": (sheet.write, sheet.read),
    "xliff": (xliff.write_12, xliff.read),
    "xliff2": (xliff.write_21, xliff.read),
}


@pytest.fixture
def letter(cast):
    """An English letter with a German text that nobody has accepted yet."""
    bench.write(KEY, channel="email", language="en", fields=LETTER, by=cast.mina)
    bench.write(
        KEY, channel="sms", language="en", fields={"text": "Do not eat {product}."}, by=cast.mina
    )
    version, _ = bench.edit(KEY, channel="email", locale="de", fields=GERMAN, by=cast.mina)
    return version


def state():
    return {(s.channel, s.locale): s.state for s in standings([KEY], locales=["de"])}


@pytest.mark.parametrize("name", FORMATS)
def test_a_round_trip_changes_nothing(cast, letter, name):
    """Every format, with letters that XML, spreadsheets and PO each treat in their own way."""
    write, read = FORMATS[name]
    bench.accept(letter.pk, by=cast.greta)
    before = list(WordingVersion.objects.order_by("pk").values())
    bundle = collect([KEY], locale="de")
    back = read(write(bundle), locale="de")
    assert [(u.context, u.source, u.target) for u in back.units] == [
        (u.context, u.source, u.target) for u in bundle.units
    ]
    assert back.source_language == "en"
    told = take(back, by=cast.mina)
    assert (told.new, told.unchanged, told.untranslated) == (0, 1, 1)
    assert list(WordingVersion.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.usefixtures("letter")
def test_what_comes_back_waits_for_review(cast, name):
    """A translated unit is a new version; nothing is accepted by coming in."""
    write, read = FORMATS[name]
    bundle = collect([KEY], locale="de")
    units = tuple(
        Unit(u.context, u.source, u.target or "{product} nicht essen.", "in_review")
        for u in bundle.units
    )
    content = write(Bundle("en", "de", units)).replace(b"#, fuzzy\n", b"")  # PO: a person looked
    told = take(read(content, locale="de"), by=cast.mina)
    assert (told.new, told.unchanged) == (1, 1)
    assert state()["sms", "de"] == "in_review"


@pytest.mark.usefixtures("letter")
def test_fuzzy_is_not_accepted(cast):
    """Neither out nor in: a doubt of the translator needs editing."""
    content = po.write(collect([KEY], locale="de"))
    assert content.count(b"#, fuzzy") == 2
    changed = content.replace("Rückruf".encode(), "Produktrückruf".encode())
    told = take(po.read(changed, locale="de"), by=cast.mina)
    assert told.needs_editing == (f"{KEY}.email",)
    assert state()["email", "de"] == "needs_editing"


@pytest.mark.skipif(which("msgfmt") is None, reason="not run: there is no msgfmt here")
@pytest.mark.usefixtures("letter")
def test_msgfmt_passes(tmp_path):
    """GNU gettext's own checks, headers included."""
    path = tmp_path / "de.po"
    path.write_bytes(po.write(collect([KEY], locale="de")))
    done = subprocess.run(
        ["msgfmt", "-c", "-o", str(tmp_path / "out.mo"), str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.usefixtures("letter")
def test_an_older_source_is_told_unit_by_unit(cast, name):
    """Nothing of such a file is taken, also not the units that are up to date."""
    write, read = FORMATS[name]
    bundle = collect([KEY], locale="de")
    units = tuple(
        Unit(u.context, u.source, u.target or "{product} nicht essen.", "in_review")
        for u in bundle.units
    )
    content = write(Bundle("en", "de", units))
    changed = LETTER | {"subject": "Product recall: {product}"}
    bench.write(KEY, channel="email", language="en", fields=changed, by=cast.mina)
    before = WordingVersion.objects.count()
    with pytest.raises(NotTaken) as wrong:
        take(read(content, locale="de"), by=cast.mina)
    assert [(p.context, p.error.code) for p in wrong.value.problems] == [
        (f"{KEY}.email.subject", "wording.unit_outdated"),
    ]
    assert WordingVersion.objects.count() == before


@pytest.mark.usefixtures("letter")
def test_half_a_letter_is_no_letter(cast):
    """A body without its subject, a text that nobody has, another source language."""
    whole = {u.context: u for u in collect([KEY], locale="de").units}
    body = whole[f"{KEY}.email.body"]
    for units, code in (
        ((body,), "wording.unit_missing"),
        ((Unit("alert:9.consumer.sms", "x", "y"),), "wording.unit_unknown"),
        ((Unit("nonsense", "x", "y"),), "wording.context_unknown"),
    ):
        with pytest.raises(NotTaken) as wrong:
            take(Bundle("en", "de", units), by=cast.mina)
        assert [p.error.code for p in wrong.value.problems] == [code]
    with pytest.raises(NotTaken) as wrong:
        take(Bundle("fa", "de", tuple(whole.values())), by=cast.mina)
    assert {p.error.code for p in wrong.value.problems} == {"wording.unit_other_language"}


@pytest.mark.usefixtures("letter")
def test_a_sheet_that_has_been_through_a_spreadsheet(cast):
    """Semicolons, another encoding, another order of columns, line ends of Windows."""
    bundle = collect([KEY], locale="de")
    rows = ["note;translation;context;source"]
    for unit in bundle.units:
        quoted = [
            '"' + text.replace("\n", "\r\n").replace('"', '""') + '"'
            for text in ("", unit.target, unit.context, unit.source)
        ]
        rows.append(";".join(quoted))
    told = take(sheet.read("\r\n".join(rows).encode("cp1252"), locale="de"), by=cast.mina)
    assert (told.new, told.unchanged, told.untranslated) == (0, 1, 1)


def test_a_formula_is_defused_and_comes_back():
    """What begins like a formula is text in the spreadsheet and the same text here."""
    bundle = Bundle("en", "de", (Unit("alert:7.consumer.sms", "=1+1", "@SUM(A1)"),))
    content = sheet.write(bundle)
    assert b"'=1+1" in content
    (unit,) = sheet.read(content, locale="de").units
    assert (unit.source, unit.target) == ("=1+1", "@SUM(A1)")


FRENCH = b"""<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file target-language="fr"/></xliff>"""
BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">&a;</xliff>"""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB, "wording.xml_doctype"),
        (b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>", "wording.xml_doctype"),
        (b"<a>" * 40 + b"</a>" * 40, "wording.xml_too_deep"),
        (b"<xliff", "wording.xml_unreadable"),
        (b"", "wording.xml_unreadable"),
        (b"\xff\xfe\x00\x01", "wording.xml_unreadable"),
        (b"<html/>", "wording.xliff_unknown"),
        (FRENCH, "wording.xliff_language"),
    ],
)
def test_xml_from_outside(content, code):
    """Entities, depth, half a file, another format, another language."""
    with pytest.raises(Refused) as wrong:
        xliff.read(content, locale="de")
    assert wrong.value.code == code


def test_xml_that_is_too_large(monkeypatch):
    """Refused before it is read."""
    monkeypatch.setattr(markup, "LARGEST", 10)
    with pytest.raises(Refused, match="xml_too_large"):
        xliff.read(b"<xliff>too long</xliff>", locale="de")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "wording.sheet_unreadable"),
        (b"%PDF-1.7", "wording.sheet_unreadable"),
        (b"one,two\n1,2\n", "wording.sheet_headings"),
        (
            b"context,source,translation\nalert:7.a.sms,x,y\nalert:7.a.sms,x,z\n",
            "wording.unit_repeated",
        ),
    ],
)
def test_what_is_no_sheet(content, code):
    """Empty, a picture of a page, other headings, a unit twice."""
    with pytest.raises(Refused) as wrong:
        sheet.read(content, locale="de")
    assert wrong.value.code == code


@pytest.mark.parametrize("write", [xliff.write_12, xliff.write_21])
def test_tools_protect_placeholders(write):
    """A slot is an inline code; a mark that a tool puts around our text is taken off again."""
    bundle = Bundle("en", "de", (Unit("alert:7.consumer.sms", "Eat {a} now.", "{a} essen."),))
    content = write(bundle).decode()
    assert "{a}</" not in content
    assert content.count('"{a}"') == 2
    marked = content.replace(" essen.", " <mrk mtype='x'>essen</mrk>.")
    (unit,) = xliff.read(marked.encode(), locale="de").units
    assert unit.target == "{a} essen."
