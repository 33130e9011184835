"""The translators at their terminals: the story from a Persian text to an accepted Spanish one."""

import pytest

from dispatcher.operators import roster
from dispatcher.operators.roles import Role
from dispatcher.sandbox.config import Config
from dispatcher.sandbox.starter import Sandbox

KEY = "alert:7.consumer"
PERSIAN = "text={product} را نخورید. تلفن: {line, phone}"
SPANISH = "text=No coma {product}. Teléfono: {line, phone}"


@pytest.fixture
def mina(mina, sofie):
    """Words of an alert that is not there yet are asked of authors of the whole world."""
    roster.grant(mina, Role.AUTHOR, over=["001"], by=sofie)
    return mina


@pytest.fixture
def translator(sofie):
    def make(username, *languages):
        user = roster.add(username, by=sofie, name=username.title(), language="en")
        roster.grant(user, Role.TRANSLATOR, over=["001"], by=sofie, languages=languages)
        return user

    return make


def test_from_a_persian_text_to_an_accepted_spanish_one(at, mina, translator):
    """Written, translated, refused to the wrong person, accepted, outdated, accepted again."""
    one, other = at(translator("pilar", "es")), at(translator("tomas.r", "es"))
    asked = ("--channel", "sms", "--in", "fa", "--set", PERSIAN)
    written = at(mina)("wording", "write", KEY, *asked, "--json")
    assert (written.code, written.json["state"]) == (0, "in_review")
    edit = ("wordings", "edit", KEY, "--channel", "sms", "--in", "es", "--set", SPANISH)
    number = str(one(*edit, "--json").json["version"])
    assert one("wordings", "accept", number).code == 3
    done = other("wordings", "accept", number)
    assert done.code == 0, done.err
    state = at(mina)("wordings", "state", KEY, "--in", "es", "--json").json
    assert [(row["locale"], row["state"]) for row in state] == [
        ("fa", "in_review"), ("es", "accepted"),
    ]  # fmt: skip
    changed = ("--channel", "sms", "--in", "fa", "--set", PERSIAN + " فوری")
    assert at(mina)("wordings", "write", KEY, *changed).code == 0
    assert "[+" in one("wordings", "diff", number).out
    assert other("wordings", "accept", number).code == 1
    again = ("wordings", "accept", number, "--again", "--reason", "Only a word of haste.")
    assert other(*again).code == 0
    assert one("wordings", "accept", "--text", KEY, "--in", "es").code == 5


def test_a_text_is_returned_with_what_is_wrong(at, mina, translator):
    """Findings are sentences; a text without its placeholder cannot be accepted."""
    pilar = at(translator("pilar", "es"))
    at(mina)("wordings", "write", KEY, "--channel", "sms", "--in", "fa", "--set", PERSIAN)
    bad = at(mina)("wordings", "edit", KEY, "--channel", "sms", "--in", "es", "--set", "text=No.")
    assert "product" in bad.out
    number = str(
        at(mina)(
            "wordings", "edit", KEY, "--channel", "sms", "--in", "es", "--set", "text=Nada.",
            "--json",
        ).json["version"]
    )  # fmt: skip
    assert pilar("wordings", "accept", number, "--json").refusal["code"] == "wording.unsound"
    good = ("wordings", "edit", KEY, "--channel", "sms", "--in", "es", "--set", SPANISH)
    number = str(at(mina)(*good, "--json").json["version"])
    told = pilar("wordings", "return", number, "--reason", "“Coma” is too familiar.", "--json")
    assert told.json["state"] == "needs_editing"


def test_drafts_at_the_terminal(at, sofie, mina, settings):
    """An engine is listed, allowed, asked; what fails is told with its reason."""
    assert at(sofie)("wordings", "engines").code == 5
    at(mina)("wordings", "write", KEY, "--channel", "sms", "--in", "en",
             "--set", "text=Do not eat {product}.")  # fmt: skip
    with Sandbox(Config(port=0)) as running:
        settings.LIBRETRANSLATE = {"url": running.url, "key": ""}
        draft = ("wordings", "draft", KEY, "--for", "recall", "--in", "de", "--in", "fa", "--wait")
        refused = at(mina)(*draft, "--engine", "libretranslate", "--json")
        assert refused.refusal["code"] == "wording.engine_not_allowed"
        allow = ("wordings", "engines", "--allow", "libretranslate", "--for", "recall")
        assert "recall" in at(sofie)(*allow).out
        told = at(mina)(*draft, "--json").json
    assert (told["asked"], told["waiting"]) == (2, 0)
    assert told["done"] >= 1
    assert [one["locale"] for one in told["failures"]] == ["fa"]  # Latin letters are no Persian


def test_texts_come_from_files(at, mina, tmp_path):
    """With any line ends and a mark of order; what is no text is said."""
    path = tmp_path / "sms.txt"
    path.write_bytes("Do not eat {product}.\r\n".encode("utf-8-sig"))
    asked = ("wordings", "write", KEY, "--channel", "sms", "--in", "en", "--set")
    assert at(mina)(*asked, f"text=@{path}", "--json").code == 0
    path.write_bytes(b"\xff\xfe\x00")
    assert at(mina)(*asked, f"text=@{path}", "--json").refusal["code"] == "cli.not_utf8"
    assert at(mina)(*asked, "text=@/nowhere", "--json").refusal["code"] == "cli.no_file"
    wrong = at(mina)("wordings", "write", KEY, "--channel", "fax", "--in", "en", "--set", "text=x",
                     "--json")  # fmt: skip
    assert wrong.refusal["code"] == "wording.channel_unknown"


@pytest.mark.parametrize(("kind", "suffix"), [("po", "po"), ("xliff2", "xlf"), ("csv", "csv")])
def test_out_to_a_translator_and_back(at, mina, translator, tmp_path, kind, suffix):
    """A file each way; against an older source it is refused, unit by unit."""
    asked = ("--channel", "sms", "--in", "fa", "--set", PERSIAN)
    at(mina)("wordings", "write", KEY, *asked)
    at(mina)("wordings", "edit", KEY, "--channel", "sms", "--in", "es", "--set", SPANISH)
    path = tmp_path / f"es.{suffix}"
    out = ("wordings", "export", KEY, "--in", "es", "--format", kind, "--output", str(path))
    assert at(mina)(*out).code == 0
    path.write_bytes(path.read_bytes().replace(b"No coma", b"No consuma"))
    told = at(translator("pilar", "es"))("wordings", "import", str(path), "--in", "es", "--json")
    assert (told.code, told.json["new"]) == (0, 1), told.err
    at(mina)("wordings", "write", KEY, *asked[:-1], PERSIAN + " فوری")
    refused = at(mina)("wordings", "import", str(path), "--in", "es")
    assert refused.code == 1
    assert f"{KEY}.sms" in refused.out


def test_formats_that_nobody_knows(at, mina, tmp_path):
    """Said by name, in both directions."""
    at(mina)("wordings", "write", KEY, "--channel", "sms", "--in", "fa", "--set", PERSIAN)
    out = ("wordings", "export", KEY, "--in", "es", "--format", "doc", "--json")
    assert at(mina)(*out).refusal["code"] == "wording.format_unknown"
    path = tmp_path / "es.docx"
    path.write_bytes(b"x")
    back = ("wordings", "import", str(path), "--in", "es", "--json")
    assert at(mina)(*back).refusal["code"] == "wording.format_unknown"
