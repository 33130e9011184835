"""Country rules: every line has a source and a day, and a lint says only what was read."""

import re
from datetime import date

import pytest

from dispatcher.channels import countries
from dispatcher.kit.errors import Refused
from dispatcher.wording.placeholders import parse

LINKED = parse("Do NOT consume {product}. {info, link} Help: {line, phone}", locale="en")
PLAIN = parse("Do NOT consume {product}.", locale="en")
OWN = """
[[line]]
country = "AE"
rule = "links"
says = "registered"
source = "own: letter of our carrier, 3 May"
read = 2026-05-03

[[line]]
country = "KE"
rule = "sender"
says = "registered"
source = "own: contract"
read = 2026-05-03
"""


def told(country, pattern, kind="safety"):
    rules = countries.rules()
    found = countries.lint(country, pattern=pattern, kind=kind, rules=rules)
    return {(one.rule, one.says) for one in found}


def test_ten_countries_with_a_source_for_each_line():
    """A page that was read and the day; never twice the same rule of a country."""
    lines = countries.parse(countries.SHIPPED.read_text(encoding="utf-8"), source="shipped")
    assert len({line.country for line in lines}) >= 10
    assert len({(line.country, line.rule) for line in lines}) == len(lines)
    for line in lines:
        assert line.source.startswith("https://")
        assert date(2026, 1, 1) <= line.read <= date(2030, 1, 1)


@pytest.mark.parametrize(
    ("country", "pattern", "kind", "found"),
    [
        ("AE", LINKED, "safety", {("links", "refused"), ("phones", "refused")}),
        ("AE", PLAIN, "safety", set()),
        ("AE", PLAIN, "news", {("hours", "07:00-21:00")}),
        ("TW", LINKED, "safety", {("links", "registered")}),
        ("BR", PLAIN, "safety", {("receipts", "partial")}),
        ("DE", LINKED, "safety", set()),  # nothing was read: nothing is said
        ("", LINKED, "safety", set()),
    ],
)
def test_what_a_text_meets(country, pattern, kind, found):
    """Links, numbers, hours; and silence where nothing is known."""
    assert told(country, pattern, kind) == found


@pytest.mark.parametrize(
    ("country", "sender", "speaks"),
    [
        ("US", "GlobalFoods", True), ("US", "+12025550100", False), ("US", "12345", False),
        ("US", "MG" + "0" * 32, False), ("AE", "GlobalFoods", True), ("DE", "GlobalFoods", False),
    ],
)  # fmt: skip
def test_who_may_send(country, sender, speaks):
    """A name where only numbers may, or where it must be registered."""
    assert bool(list(countries.senders(country, sender, rules=countries.rules()))) is speaks


def test_an_organisation_has_its_own_lines(tmp_path):
    """They stand before the shipped ones."""
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    held = countries.rules(str(path))
    assert (held["AE"]["links"].says, held["KE"]["sender"].says) == ("registered", "registered")
    assert held["AE"]["phones"].says == "refused"


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (OWN.replace('"AE"', '"ae"'), "0.country"),
        (OWN.replace('"registered"', '"maybe"', 1), "0.says"),
        (OWN.replace('"own: contract"', '"hearsay"'), "1.source"),
        (OWN.replace("read = 2026-05-03\n\n", "\n", 1), "0.read"),
        (OWN.replace('rule = "links"', 'rule = "mood"'), "0.rule"),
        ("[[line", ""),
    ],
)
def test_a_wrong_file_is_said(tmp_path, wrong, where):
    """By line and field; nothing of it is taken."""
    path = tmp_path / "own.toml"
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        countries.rules(str(path))
    assert refused.value.code == "channels.rules_wrong"
    assert re.search(re.escape(where), str(refused.value.facts["where"]))


def test_a_file_that_is_not_there():
    """Named, not ignored."""
    with pytest.raises(Refused, match="rules_wrong"):
        countries.rules("/nowhere/own.toml")
