"""Who may touch which table: import contracts cannot see SQL, so this greps it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from tests.house.tree import PACKAGES, ROOT, modules, strings, told

BRIDGE = "dispatcher/ledger/sql/enlist.sql"
"""The one statement that spans people and deliveries."""
OWNERS = {
    model._meta.db_table: config.path
    for config in apps.get_app_configs()
    for model in config.get_models(include_auto_created=True)
    if config.name.startswith(PACKAGES)
}


def mentions(text: str) -> set[str]:
    """Tables of ours that a text names."""
    return set(re.findall(r"\b[a-z]+_[a-z_]+\b", text)) & OWNERS.keys()


def texts() -> Iterator[tuple[Path, str]]:
    """Every SQL file and every string of the program."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.sql"):
            yield path, path.read_text(encoding="utf-8")
    for path in modules():
        for _line, text in strings(path):
            yield path, text


def trespassers(found: Iterator[tuple[Path, str]]) -> set[str]:
    """`file: table` for each table that is named outside the room that owns it."""
    return {
        f"{told(path)}: {table}"
        for path, text in found
        for table in mentions(text)
        if not path.is_relative_to(OWNERS[table]) and told(path) != BRIDGE
    }


def test_tables_are_touched_by_their_room_only():
    """Only the ledger names the ledger's tables, only `contacts` those of people, and so on."""
    assert trespassers(texts()) == set()


def test_the_bridge_takes_nothing_but_people():
    """The spanning statement names tables of the ledger and of the people, no others."""
    path = ROOT / BRIDGE
    named = mentions(path.read_text(encoding="utf-8"))
    assert {table.split("_")[0] for table in named} <= {"ledger", "contacts"}


@pytest.mark.parametrize(
    ("room", "text"),
    [
        ("dispatcher/reports/x.py", "select count(*) from ledger_delivery"),
        ("dispatcher/fanout/x.py", 'update "contacts_contact" set name = null'),
        ("contacts/x.py", "delete from operators_user"),
    ],
)
def test_a_trespasser_is_seen(room, text):
    """The grep can fail."""
    assert trespassers(iter([(ROOT / room, text)]))
