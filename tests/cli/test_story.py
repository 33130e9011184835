"""The story of the translation gate, at seven terminals.

`STORY=docs/wording/story.md pytest tests/cli/test_story.py` writes down what was typed and answered.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dispatcher.alerts.models import Alert
from dispatcher.ledger.models import Dispatch
from dispatcher.operators import roster
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role
from tests.alerts.conftest import FACTS, person
from tests.cli.conftest import Terminal
from tests.cli.transcript import Transcript

PERSIAN = (
    "{organisation}: فراخوان محصول. {product}، سری ساخت {lots, list}: هرگز مصرف نکنید. "
    "علت: {hazard}. تلفن: {line, phone}"
)
PERSIAN_NEW = PERSIAN.replace("هرگز مصرف نکنید", "هرگز مصرف نکنید، حتی اگر باز شده است")
GERMAN = (
    "{organisation}: PRODUKTRÜCKRUF. {product}, Charge {lots, list}: NICHT verzehren. "
    "Grund: {hazard}. Telefon: {line, phone}"
)
GERMAN_NEW = GERMAN.replace("verzehren", "verzehren, auch wenn es schon geöffnet ist")
SPANISH = (
    "{organisation}: RETIRO DEL MERCADO. {product}, lote {lots, list}: NO lo consuma. "
    "Motivo: {hazard}. Tel. {line, phone}"
)
SPANISH_NEW = SPANISH.replace("consuma", "consuma, aunque ya esté abierto")
DRAFTS = {
    "de": '<x id="1"/>: <x id="2"/>. <x id="3"/>, Serie <x id="4"/>: NICHT verzehren. '
    'Grund der Rückholaktion: <x id="5"/>. Telefon: <x id="6"/>',
    "es": '<x id="1"/>: retiro del producto. <x id="2"/>, serie <x id="3"/>: consuma. '
    'Motivo: <x id="4"/>. Teléfono: <x id="5"/>',
}
BACK = '<x id="1"/>: فراخوان کالا. <x id="2"/>، سری <x id="3"/>: مصرف نکنید. دلیل: <x id="4"/>. <x id="5"/>'
INTRODUCTION = """# The story of the translation gate

What seven people typed and what was answered, in one run of `tests/cli/test_story.py` against PostgreSQL. It is written by one command and checked by every run of the tests:

    STORY=docs/wording/story.md .venv/bin/pytest tests/cli/test_story.py

Before it began: Sofie Lind is admin; Mina Rahimi (مینا رحیمی) leads communications in the EU and writes in Persian; Greta Berg vouches for German and Spanish, Pilar Reyes for Spanish and German, Dariush Azad (داریوش آزاد) for Persian; Kenji Watanabe and Leila Haddad are chief executive and counsel. Eleven people in five countries are in the registry. A carrier account for real messages is configured, and a stand-in for LibreTranslate, whose two drafts are poor on purpose: the German one uses a word that the organisation forbids, the Spanish one has lost its "not". Each person acts with a key of their own.
"""


@pytest.fixture
def engine(settings) -> Iterator[None]:
    """A LibreTranslate that knows two poor drafts and no French."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = DRAFTS.get(asked["target"], BACK if asked["target"] == "fa" else "")
            status = 200 if known else 400
            content = json.dumps({"translatedText": [known for _ in asked["q"]]}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings.LIBRETRANSLATE = {"url": f"http://127.0.0.1:{server.server_port}", "key": ""}
    yield
    server.shutdown()
    server.server_close()


@pytest.fixture
def carrier(settings) -> None:
    """One account for real text messages and nothing else."""
    account = {
        "carrier": "twilio",
        "account_sid": "AC0",
        "auth_token": "x",
        "sender": "+12025550100",
    }
    settings.CARRIERS = {**settings.CARRIERS, "real": {"twilio-eu": account}}


@pytest.fixture
def registry(db) -> None:  # noqa: ARG001  # what it needs to be there
    """Eleven people: five languages, one who speaks none of them, one of whom none is known."""
    cast = [
        ("DE", ["de"], 4),
        ("ES", ["es"], 3),
        ("DE", ["fa"], 2),
        ("PL", ["uk"], 1),
        ("FR", [], 1),
    ]
    number = 0
    for country, languages, count in cast:
        for _ in range(count):
            number += 1
            person(f"p{number}", name=f"Person {number}", region=country, languages=languages,
                   sms=f"+49171392000{number:02}")  # fmt: skip


@pytest.fixture
def voucher(sofie) -> Callable[..., User]:
    """Somebody who vouches for languages."""

    def make(username: str, name: str, *languages: str) -> User:
        user = roster.add(username, by=sofie, name=name, language="en")
        roster.grant(user, Role.TRANSLATOR, over=["001"], by=sofie, languages=languages)
        return user

    return make


def version_of(terminal: Terminal, key: str, language: str) -> str:
    rows = terminal("wordings", "state", key, "--in", language, "--json").json
    return next(str(row["version_id"]) for row in rows if row["locale"] == language)


def states(terminal: Terminal, key: str) -> dict[str, str]:
    rows = terminal("wordings", "state", key, "--in", "de", "--in", "es", "--json").json
    return {row["locale"]: row["state"] for row in rows}


@pytest.mark.usefixtures("engine", "carrier", "registry")
def test_the_story(at, sofie, mina, kenji, leila, voucher):  # noqa: PLR0915  # one story
    """From a Persian text to a send that refuses exactly what it must refuse."""
    lead, admin = at(mina), at(sofie)
    greta = at(voucher("greta.berg", "Greta Berg", "de", "es"))
    pilar = at(voucher("pilar.reyes", "Pilar Reyes", "es", "de"))
    dariush = at(voucher("dariush.azad", "داریوش آزاد", "fa"))
    story = Transcript([*INTRODUCTION.splitlines(), ""])

    story.tell("## The lead writes in Persian")
    number = _alert(story, lead)
    key = f"alert:{number}.consumer"
    sms = ("--channel", "sms", "--in")
    story.typed("Mina", lead, "wordings", "write", key, *sms, "fa", "--set", f"text={PERSIAN}")

    story.tell("## Terms, prices and drafts")
    story.typed("Sofie", admin, "glossary", "add", "Global Foods", "--from", "fa", "--keep")
    story.typed("Greta", greta, "glossary", "add", "فراخوان", "--from", "fa", "--in", "de",
                "--as", "Produktrückruf*", "--as", "Rückruf*", "--never", "*Rückholaktion*")  # fmt: skip
    story.typed("Greta, for a language that is not hers", greta, "glossary", "add", "فراخوان",
                "--from", "fa", "--in", "ja", "--as", "リコール", code=3)  # fmt: skip
    story.typed("Sofie", admin, "prices", "set", "twilio-eu", "DE", "0.0812", "EUR")
    draft = ("wordings", "draft", key, "--for", "recall", "--in", "de", "--in", "es", "--in", "fr",
             "--back", "--wait")  # fmt: skip
    story.tell("No engine sees anything before an admin has allowed it for this kind of scenario:")
    story.typed("Mina", lead, *draft, "--engine", "libretranslate", code=1)
    allow = ("wordings", "engines", "--allow", "libretranslate", "--for", "recall")
    story.typed("Sofie", admin, *allow)
    story.typed("Mina", lead, *draft)
    story.tell("French is missing, with the reason. What the gate finds on the two drafts:")
    found = story.typed("Greta", greta, "wordings", "check", key, code=1)
    assert "rückholaktion" in found.out
    story.tell("Kenji reads no Spanish; the machine's way back is marked as such:")
    seen = story.typed("Kenji", at(kenji), "wordings", "show", key, "--in", "es")
    assert "by the machine libretranslate" in seen.out

    story.tell("## The lead looks: nobody vouches for anything yet")
    story.typed("Mina", lead, "alert", "matrix", number)
    story.typed("Mina", lead, "alert", "submit", number, code=1)

    story.tell("## Two translators correct and accept each other's texts, a third the source")
    story.typed("Greta", greta, "wordings", "edit", key, *sms, "de", "--set", f"text={GERMAN}")
    story.typed("Pilar", pilar, "wordings", "edit", key, *sms, "es", "--set", f"text={SPANISH}")
    german, spanish = version_of(lead, key, "de"), version_of(lead, key, "es")
    story.tell("Nobody vouches for an edit of their own:")
    story.typed("Greta", greta, "wordings", "accept", german, code=3)
    story.typed("Pilar", pilar, "wordings", "accept", german)
    story.typed("Greta", greta, "wordings", "accept", spanish)
    story.typed("Dariush", dariush, "wordings", "accept", version_of(lead, key, "fa"))
    seen = story.typed("Mina", lead, "alert", "matrix", number, "--read")
    assert "price not known: ES, FR, PL" in seen.out

    story.tell("## The source changes, and every acceptance is withdrawn")
    story.typed("Mina", lead, "wordings", "write", key, *sms, "fa", "--set", f"text={PERSIAN_NEW}")
    story.typed("Dariush", dariush, "wordings", "state", key, "--in", "de", "--in", "es")
    assert states(lead, key) == {"fa": "in_review", "de": "stale", "es": "stale"}
    story.typed("Dariush", dariush, "wordings", "diff", german)
    story.typed("Mina", lead, "alert", "submit", number, code=1)

    story.tell("## Corrected and accepted again")
    story.typed("Dariush", dariush, "wordings", "accept", version_of(lead, key, "fa"))
    for one, other, names, language, text in (
        (greta, pilar, ("Greta", "Pilar"), "de", GERMAN_NEW),
        (pilar, greta, ("Pilar", "Greta"), "es", SPANISH_NEW),
    ):
        story.quietly(
            names[0], one, "wordings", "edit", key, *sms, language, "--set", f"text={text}"
        )
        story.typed(names[1], other, "wordings", "accept", version_of(lead, key, language))

    story.tell("## What would go out, language by language")
    story.typed("Mina", lead, "alert", "matrix", number, "--read", "--findings")

    story.tell("## The offices, and a send that refuses what it must refuse")
    story.typed("Mina", lead, "alert", "submit", number)
    story.typed("Kenji", at(kenji), "alert", "approve", number)
    story.typed("Leila", at(leila), "alert", "approve", number, "--office", "counsel")
    story.tell("The words of a drill do not send the real thing:")
    story.typed("Mina", lead, "alert", "launch", number, "--confirm", "DRILL", code=1)
    real = ("alert", "launch", number, "--confirm", f"SEND REAL {number}")
    story.tell("A word that was allowed when it was approved is forbidden now:")
    story.quietly("Pilar", pilar, "glossary", "add", "محصول", "--from", "fa", "--in", "es",
                  "--never", "mercado")  # fmt: skip
    story.typed("Mina", lead, *real, code=1)
    story.quietly("Pilar", pilar, "glossary", "remove", "محصول", "--from", "fa", "--in", "es")
    story.tell("A text that its translator takes back does not leave either:")
    story.typed("Greta", greta, "wordings", "return", version_of(lead, key, "es"),
                "--reason", "The lot number stands in the wrong place.")  # fmt: skip
    story.typed("Mina", lead, *real, code=1)
    story.tell("Accepted again by somebody who vouches for Spanish, it is what was approved:")
    story.typed("Greta", greta, "wordings", "accept", version_of(lead, key, "es"))
    story.typed("Mina", lead, *real)
    assert Dispatch.objects.get().mode == "real"
    assert Alert.objects.get().state == "launched"
    if target := os.environ.get("STORY"):
        Path(target).write_text(story.text(), encoding="utf-8")


def _alert(story: Transcript, lead: Terminal) -> str:
    """A real recall with its facts, verified one by one; only the first answer is told."""
    compose = ("alert", "compose", "recall", "--mode", "real", "--segment", "everyone",
               "--title", "Oats", "--default-language", "fa")  # fmt: skip
    story.quietly("Mina", lead, *compose)
    number = Alert.objects.get().number
    for name, value in FACTS.items():
        typed = "L2301, L2302" if name == "lots" else value
        told = story.typed if name == "organisation" else lambda _, at, *words: at(*words)
        told(
            "Mina",
            lead,
            "alert",
            "fact",
            number,
            name,
            typed,
            "--source",
            "QA report 7",
            "--verify",
        )
    story.tell(f"… and {len(FACTS) - 1} facts more in the same way.")
    return number
