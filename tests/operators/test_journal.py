"""The journal stands."""

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from dispatcher.operators import journal
from dispatcher.operators.models import JournalEntry

REWRITE = [
    "update operators_journal set who = 'nobody'",
    "delete from operators_journal",
    "truncate operators_journal",
]


@pytest.mark.usefixtures("mina")
@pytest.mark.parametrize("statement", REWRITE)
def test_nothing_rewrites_it(statement):
    """The database itself refuses to change, remove or empty the journal."""
    before = JournalEntry.objects.count()
    assert before
    with (
        pytest.raises((InternalError, ProgrammingError), match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert JournalEntry.objects.count() == before


def test_it_says_who_did_what_to_whom(mina):
    """Giving Mina her role left a line."""
    line = JournalEntry.objects.filter(what="operators.granted").get()
    assert (line.who, line.about) == ("sofie.lind", f"operator:{mina.pk}")
    assert line.facts == {"role": "author", "region": "EU"}


BLOTTED = [
    ("ask mina@example.com today", "ask [mail] today"),
    ("call +49 171 39 200 00 now", "call [phone] now"),
    ("call (202) 555-0143", "call ([phone]"),
    ("5171392001234567e4a9" * 3 + "beef", "5171392001234567e4a9" * 3 + "beef"),
    ("from 2026-11-23 to 2026-11-25", "from 2026-11-23 to 2026-11-25"),
    ("lot 4711", "lot 4711"),
]


@pytest.mark.parametrize(("said", "kept"), BLOTTED)
def test_no_address_enters_it(mina, said, kept):
    """E-mail addresses and phone numbers in a reason are blotted out; dates, fingerprints stay."""
    journal.note(mina, "alerts.broke_glass", "alert:1", reason=said, nested=[{"x": said}])
    facts = JournalEntry.objects.filter(what="alerts.broke_glass").get().facts
    assert facts == {"reason": kept, "nested": [{"x": kept}]}
