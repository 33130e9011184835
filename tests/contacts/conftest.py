"""The cast: a few people who read different languages, one who opted out, two who share a phone."""

from io import BytesIO
from pathlib import Path

import pytest

from contacts.importing import ImportReport, import_file
from contacts.models import Contact
from contacts.regions import Scope

CAST = Path("contacts/samples/cast.csv")


@pytest.fixture
def cast(db):  # noqa: ARG001
    """The people of `samples/cast.csv`: reference -> contact id."""
    report = import_file(CAST, by="tests", scope=Scope.everything())
    assert report.applied, report
    assert not report.refused, report.refusals
    return dict(Contact.objects.values_list("reference", "pk"))


@pytest.fixture
def load(db):  # noqa: ARG001
    """Import a text as a CSV file, in UTF-8 unless told otherwise."""

    def run(
        text: str, *, encoded: str = "utf-8", scope: Scope | None = None, **asked
    ) -> ImportReport:
        asked = {"by": "tests", "file_name": "people.csv"} | asked
        return import_file(
            BytesIO(text.encode(encoded)), scope=scope or Scope.everything(), **asked
        )

    return run
