"""What comes from outside and is wrong: each a clear error, and nothing has changed.

The list is the translators' gate's own: engines that misbehave, files that lie, texts that are
traps. How each format is read stands in the tests of engines, exchange and placeholders; here the
whole way is walked, up to what is in the database.
"""

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dispatcher.kit.errors import Refused, sentence, told
from dispatcher.wording import bench, drafting, library
from dispatcher.wording.engines import http
from dispatcher.wording.exchange import markup, po, sheet, xliff
from dispatcher.wording.exchange.units import NotTaken, collect, take
from dispatcher.wording.models import Source, WordingVersion
from dispatcher.wording.standing import standings
from tests.wording.conftest import GERMAN, KEY

pytestmark = pytest.mark.django_db
ENGLISH = {"text": "Do not eat {product}. Do not give it to children. Call {line, phone}"}
FRENCH = "Ne mangez pas ⟨1⟩. Ne le donnez pas aux enfants. Appelez le ⟨2⟩"
SPANISH = "No coma ⟨1⟩. No lo dé a los niños. Llame al ⟨2⟩"

Answer = Callable[[str], bytes]


def answered(text: str) -> Answer:
    """A translation with its tokens as the engine's elements."""
    held = text.replace("⟨1⟩", '<x id="1"/>').replace("⟨2⟩", '<x id="2"/>')
    return lambda _asked: json.dumps({"translatedText": [held]}).encode()


@pytest.fixture
def engine(settings, cast) -> Iterator[Any]:
    """A LibreTranslate whose answer the test chooses, allowed for recalls."""

    class Door(BaseHTTPRequestHandler):
        answer: Answer
        free = threading.Event()

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            content = Door.answer(asked["q"][0])
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    running.daemon_threads = True
    threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
    settings.LIBRETRANSLATE = {"url": f"http://127.0.0.1:{running.server_port}", "key": ""}
    drafting.allow("libretranslate", scenario="recall", by=cast.sofie)
    yield Door
    Door.free.set()
    running.shutdown()
    running.server_close()


@pytest.fixture
def accepted(cast) -> WordingVersion:
    """An English source, and a German text that Greta has accepted."""
    bench.write(KEY, channel="sms", language="en", fields=ENGLISH, by=cast.mina)
    version, _ = bench.edit(KEY, channel="sms", locale="de", fields=GERMAN, by=cast.mina)
    return bench.accept(version.pk, by=cast.greta)


def everything() -> object:
    """All that may change: the texts, their states, the sources, what may be sent."""
    rows = WordingVersion.objects.order_by("pk").values_list("pk", "state", "fields")
    sources = Source.objects.order_by("pk").values_list("hash", flat=True)
    return list(rows), list(sources), library.versions_for(KEY, channels=["sms"])


ENGINES: list[tuple[str, Answer, str]] = [
    ("HTML", lambda _: b"<html>Sign in to the hotel's network</html>", "wording.engine_garbage"),
    ("a placeholder dropped", answered(FRENCH.replace("⟨2⟩", "")), "wording.tokens_lost"),
    ("a placeholder twice", answered(FRENCH + " ⟨1⟩"), "wording.tokens_lost"),
    ("another language", answered(SPANISH), "wording.language_foreign"),
    ("another script", answered("⟨1⟩ را نخورید و به کودکان ندهید. تلفن ⟨2⟩"),
     "wording.script_foreign"),
    ("the source", lambda asked: json.dumps({"translatedText": [asked]}).encode(),
     "wording.same_as_source"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "code"), [row[1:] for row in ENGINES], ids=[r[0] for r in ENGINES]
)
@pytest.mark.usefixtures("accepted")
def test_an_engine_that_misbehaves(cast, engine, answer, code):
    """The French draft is missing, with a sentence that says why; nothing stands in its place."""
    engine.answer = answer
    before = everything()
    drafting.ask([KEY], scenario="recall", locales=["fr"], by=cast.mina)
    assert drafting.work()
    ((_, locale, reason),) = drafting.progress([KEY]).failed
    assert (locale, reason.code) == ("fr", code)
    assert told(reason.code)
    assert sentence(reason)
    assert everything() == before
    assert {one.state for one in standings([KEY], locales=["fr"]) if one.locale == "fr"} == {
        "missing"
    }


@pytest.mark.usefixtures("accepted")
def test_an_engine_that_hangs(cast, engine, monkeypatch):
    """The time-out is ours, and the next draft is not kept waiting."""
    monkeypatch.setattr(http, "TIMEOUT", 0.3)
    engine.answer = lambda _: (engine.free.wait(20), b"{}")[1]
    before = everything()
    drafting.ask([KEY], scenario="recall", locales=["fr"], by=cast.mina)
    assert drafting.work()
    assert [r.code for _, _, r in drafting.progress([KEY]).failed] == ["wording.engine_timeout"]
    assert everything() == before


def in_po(change: Callable[[bytes], bytes]) -> Callable[[], object]:
    """German texts as a PO file that somebody has spoiled, and read again."""
    return lambda: po.read(change(po.write(collect([KEY], locale="de"))), locale="de")


def plural(content: bytes) -> bytes:
    entry = b'\nmsgctxt "alert:7.consumer.sms2"\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n'
    return content + entry


def header(content: bytes, line: str) -> bytes:
    """With one more line in its header."""
    mark = b'"Content-Transfer-Encoding:'
    return content.replace(mark, f'"{line}\\n"\n'.encode() + mark, 1)


def twice(content: bytes) -> bytes:
    at = content.index(b"msgctxt")
    return content + b"\n" + content[at:]


def in_encoding(name: str) -> Callable[[], object]:
    """Read an XLIFF file that says so of itself."""
    told = f'<?xml version="1.0" encoding="{name}"?><a/>'.encode()
    return lambda: xliff.read(told, locale="de")


DEEP = b"<a>" * 100_000 + b"</a>" * 100_000


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">&b;</xliff>"""
FILES: list[tuple[str, Callable[[], object], str]] = [
    ("PO: plural forms where there are none", in_po(plural), "wording.catalogue_plural"),
    ("PO: a charset that it has not",
     in_po(lambda c: c.decode().encode("utf-16")), "wording.catalogue_charset"),
    ("PO: latin-1 that says UTF-8",
     in_po(lambda c: c.replace(b"nicht essen", "für Übel".encode("latin-1"))),
     "wording.catalogue_charset"),
    ("PO: a header that says another charset",
     in_po(lambda c: c.replace(b"charset=utf-8", b"charset=cp1252")),
     "wording.catalogue_charset"),
    ("PO: the same context twice", in_po(twice), "wording.catalogue_repeated"),
    *((f"PO: {name}", in_po(partial(header, line=line)), "wording.catalogue_unreadable")
      for name, line in (("a day of no calendar", "POT-Creation-Date: some day"),
                         ("plural forms without a number", "Plural-Forms: nplurals=x; plural=n;"))),
    ("PO: a form of no number",
     in_po(lambda c: plural(c).replace(b"msgstr[0]", b"msgstr[x]")),
     "wording.catalogue_unreadable"),
    *((f"XLIFF: the encoding {name}", in_encoding(name), "wording.xml_unreadable")
      for name in ("klingon", "utf-7")),
    ("CSV: a cell that never ends",
     lambda: sheet.read(b"context,source,translation\n" + b"a" * 200_000, locale="de"),
     "wording.sheet_unreadable"),
    ("XLIFF: entities", lambda: xliff.read(ENTITIES, locale="de"), "wording.xml_doctype"),
    ("XLIFF: depth", lambda: xliff.read(DEEP, locale="de"), "wording.xml_too_deep"),
    ("XLIFF: size", lambda: xliff.read(b"<a>" + b" " * markup.LARGEST, locale="de"),
     "wording.xml_too_large"),
    ("CSV: a unit twice", lambda: sheet.read(
        f"context,source,translation\n{KEY}.sms,a,b\n{KEY}.sms,a,c\n".encode(), locale="de"),
     "wording.unit_repeated"),
]  # fmt: skip


@pytest.mark.parametrize(("read", "code"), [row[1:] for row in FILES], ids=[r[0] for r in FILES])
@pytest.mark.usefixtures("accepted")
def test_a_file_that_lies(read, code):
    """Refused as a whole, with a sentence; nothing of it is taken."""
    before = everything()
    with pytest.raises(Refused) as refused:
        read()
    assert refused.value.code == code
    assert sentence(refused.value)
    assert everything() == before


@pytest.mark.usefixtures("accepted")
def test_a_sheet_that_a_spreadsheet_has_spoiled(cast):
    """Where it has made the source another (a curly apostrophe), the unit is named."""
    content = sheet.write(collect([KEY], locale="de")).decode("utf-8-sig")
    spoiled = content.replace("Do not eat", "Don’t eat").encode("cp1252")
    before = everything()
    with pytest.raises(NotTaken) as refused:
        take(sheet.read(spoiled, locale="de"), by=cast.mina)
    assert [(p.context, p.error.code) for p in refused.value.problems] == [
        (f"{KEY}.sms", "wording.unit_outdated")
    ]
    assert everything() == before


UNBEARABLE = [
    ("e" + "\u0301" * 100_000, "wording.text_too_long"),
    ("e" + "\u0301" * 10_000, "wording.too_many_marks"),
    ("e\u0301" * 20_000, "wording.text_too_long"),
]


@pytest.mark.parametrize(("text", "code"), UNBEARABLE)
@pytest.mark.usefixtures("accepted")
def test_heaps_of_combining_marks(cast, text, code):
    """Not even kept as a text that needs editing, in no language."""
    before = everything()
    for write in (
        lambda: bench.edit(KEY, channel="sms", locale="fr", fields={"text": text}, by=cast.mina),
        lambda: bench.write(KEY, channel="sms", language="en", fields={"text": text}, by=cast.mina),
    ):
        with pytest.raises(Refused) as refused:
            write()
        assert refused.value.code == code
    assert everything() == before


TRICKS = ["{x.__class__}", "{0}", "{x!r:>999999999}", "{x:>9}", "{x[0]}", "{__import__}", "{x}}"]


@pytest.mark.parametrize("trick", TRICKS)
def test_a_placeholder_with_tricks(cast, accepted, trick):
    """It is found, with its position; it cannot be accepted, and what was accepted stays."""
    text = f"{trick} nicht essen. Telefon: {{line, phone}}"
    version, findings = bench.edit(
        KEY, channel="sms", locale="de", fields={"text": text}, by=cast.mina
    )
    assert version.state == "needs_editing"
    assert any("position" in one.facts for one in findings)
    assert all(sentence(Refused(one.code, **one.facts)) for one in findings)
    with pytest.raises(bench.Unsound):
        bench.accept(version.pk, by=cast.greta)
    assert library.versions_for(KEY, channels=["sms"]) == {"sms": {"de": accepted.pk}}
