"""PO files: what is read, and what is refused with nothing taken."""

import pytest

from dispatcher.kit.errors import Refused
from dispatcher.wording import catalogs
from dispatcher.wording.catalogs import digest, read, read_all, split, whole

HEADER = r"""
msgid ""
msgstr ""
"Language: fa\n"
"Content-Type: text/plain; charset=utf-8\n"
"X-Checked: Read by Mina, who grew up with it, "
"and by Arash.\n"
"""
SMS = """
msgctxt "recall.first.consumer.sms"
msgid "Do not eat it."
msgstr "آن را نخورید."
"""
SUBJECT = """
msgctxt "recall.first.consumer.email.subject"
msgid "Recall"
msgstr "فراخوان"
"""
BODY = r"""
#, fuzzy
msgctxt "recall.first.consumer.email.body"
msgid ""
"Dear {recipient},\n"
"stop."
msgstr ""
"{recipient} گرامی،\n"
"می‌شود."
"""


def catalogue(*entries, header=HEADER, locale="fa"):
    return read("".join((header, *entries)).encode(), locale=locale)


def test_read():
    """Entries by context, fuzzy marks, how it was checked."""
    found = catalogue(SMS, SUBJECT, BODY)
    assert found.checked == "Read by Mina, who grew up with it, and by Arash."
    body = found.entries["recall.first.consumer.email.body"]
    assert body.text == "{recipient} گرامی،\nمی\u200cشود."
    assert (body.source, body.fuzzy) == ("Dear {recipient},\nstop.", True)


def test_whole_texts():
    """A letter has a subject and a body; one fuzzy field makes the text fuzzy."""
    texts = {text.channel: text for text in whole(catalogue(SMS, SUBJECT, BODY))}
    assert texts["sms"].fields == {"text": "آن را نخورید."}
    assert texts["sms"].key == "recall.first.consumer"
    assert not texts["sms"].fuzzy
    assert texts["email"].fields.keys() == {"subject", "body"}
    assert texts["email"].fuzzy


@pytest.mark.parametrize(
    "entries", [(SMS, SUBJECT), (SMS, SUBJECT, BODY.replace("{recipient} گرامی،\\n", "").replace("می‌شود.", ""))]
)  # fmt: skip
def test_half_a_letter_is_none(entries):
    """Without a body, or with an empty one, the letter is missing."""
    assert [text.channel for text in whole(catalogue(*entries))] == ["sms"]


@pytest.mark.parametrize(
    ("content", "code", "facts"),
    [
        ((HEADER + SMS + SMS).encode(), "catalogue_repeated", {"context": "recall.first.consumer.sms"}),
        ((HEADER + SMS + SMS.replace("Do not eat it.", "Other.")).encode(), "catalogue_repeated", {}),
        ((HEADER + SMS).encode("cp1256", "replace"), "catalogue_charset", {"line": 11}),
        ((HEADER + SMS).encode("utf-16"), "catalogue_charset", {"line": 1}),
        (HEADER.replace("utf-8", "iso-8859-6").encode(), "catalogue_charset", {}),
        (HEADER.replace("Language: fa", "Language: ar").encode(), "catalogue_language", {"declared": "ar"}),
        ((HEADER + SMS + 'msgid "open\n').encode(), "catalogue_unreadable", {}),
        (b"%PDF-1.7 nothing of a catalogue\n", "catalogue_unreadable", {"line": 1}),
        ((HEADER + SMS.replace("msgstr", 'msgid_plural "x"\nmsgstr[0]')).encode(), "catalogue_plural", {}),
        ((HEADER + SMS.replace(".sms", ".fax")).encode(), "context_unknown", {}),
        ((HEADER + SMS.replace("msgctxt", "#msgctxt")).encode(), "context_unknown", {"context": ""}),
        (b"#" * 5_000_001, "catalogue_too_large", {}),
    ],
)  # fmt: skip
def test_refused(content, code, facts):
    """A file that cannot be trusted as a whole is not read in part."""
    with pytest.raises(Refused) as wrong:
        read(content, locale="fa")
    assert wrong.value.code == f"wording.{code}"
    assert wrong.value.facts.items() >= facts.items()


@pytest.mark.parametrize(
    ("context", "parts"),
    [
        ("recall.first.consumer.sms", ("recall.first.consumer", "sms", "text")),
        ("side_effect.all_clear.clinician.push.title", ("side_effect.all_clear.clinician", "push", "title")),
        ("recall.first.consumer.sms.body", None),
        ("recall.first.consumer.email", None),
        ("recall.first.sms", None),
        ("", None),
    ],
)  # fmt: skip
def test_context(context, parts):
    """scenario.part.group.channel[.field], and nothing else."""
    if parts:
        assert split(context) == parts
    else:
        with pytest.raises(Refused, match="context_unknown"):
            split(context)


def test_digest():
    """The same text has the same hash, in any order of its fields."""
    assert digest({"a": "1", "b": "2"}) == digest({"b": "2", "a": "1"})
    assert digest({"a": "1", "b": "2"}) != digest({"a": "12", "b": ""})


def test_source_must_exist(tmp_path):
    """Without the source there is nothing to translate."""
    with pytest.raises(Refused, match="catalogue_missing"):
        read_all(tmp_path)


def test_shipped_catalogues_are_found():
    """The folder is the package's own, in a checkout and in the wheel."""
    assert (catalogs.folder() / "en" / "LC_MESSAGES" / "alerts.po").exists()
