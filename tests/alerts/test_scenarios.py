"""Scenario files: what is shipped is whole, and what is wrong is told where."""

from datetime import timedelta

import pytest

from dispatcher.alerts import scenarios
from dispatcher.kit.errors import Refused

GOOD = """
key = "recall"
title = "Product recall"
severity = "urgent"
offices = ["ceo", "counsel"]
kind = "safety"
fallback = "default_language"
default_language = "en"
expires_after = "PT48H"
[target]
first_message = "PT15M"
share = 95
within = "PT30M"
[[groups]]
name = "employee"
roles = ["employee"]
ladder = [{ channels = ["push", "sms", "email"], take = "first" }]
[[groups]]
name = "consumer"
roles = []
ladder = [{ channels = ["sms", "email"], take = "first" }, { channels = ["email"], after = "PT10M" }]
[[facts]]
name = "product"
type = "text"
required = true
scoped = false
about = "Name of the product as printed on the pack"
"""


def test_a_good_file_becomes_a_frozen_value():
    """Durations are durations, groups keep their order, channels of a ladder come once each."""
    scenario = scenarios.parse(GOOD, source="recall.toml")
    assert scenario.expires_after == timedelta(hours=48)
    assert scenario.target.first_message == timedelta(minutes=15)
    assert [group.name for group in scenario.groups] == ["employee", "consumer"]
    assert scenario.groups[1].channels == ("sms", "email")
    assert scenario.wording_key("first", "consumer") == "recall.first.consumer"
    with pytest.raises(AttributeError):
        setattr(scenario, "severity", "routine")  # noqa: B010  # mypy refuses it as well


WRONG = [
    ('severity = "urgent"', 'severity = "bad"', "severity"),
    ('offices = ["ceo", "counsel"]', "offices = []", "offices"),
    ('offices = ["ceo", "counsel"]', 'offices = ["ceo", "ceo"]', "offices"),
    ("share = 95", "share = 101", "target.share"),
    ('expires_after = "PT48H"', 'expires_after = "two days"', "expires_after"),
    ('channels = ["push", "sms", "email"]', 'channels = ["fax"]', "groups.0.ladder.0.channels.0"),
    ('roles = ["employee"]', "roles = []", "groups.employee"),
    ('type = "text"', 'type = "string"', "facts.0.type"),
    ('name = "consumer"', 'name = "employee"', "groups"),
    ('name = "product"', 'name = "Product Name"', "facts.0.name"),
    ('kind = "safety"', 'kind = "safety"\ncolour = "red"', "colour"),
]


@pytest.mark.parametrize(("old", "new", "where"), WRONG)
def test_what_is_wrong_is_told_with_its_place(old, new, where):
    """Each wrong value is refused with the path that leads to it."""
    with pytest.raises(Refused) as refused:
        scenarios.parse(GOOD.replace(old, new, 1), source="recall.toml")
    assert refused.value.code == "alerts.scenario_wrong"
    assert refused.value.facts["where"] == where


def test_what_is_not_toml_is_told_with_its_line():
    """A broken file names the line."""
    with pytest.raises(Refused) as refused:
        scenarios.parse("key = \n", source="broken.toml")
    assert refused.value.code == "alerts.scenario_unreadable"
    assert "line 1" in str(refused.value.facts["what"])


@pytest.mark.parametrize("key", ["nothing", "../recall", "RECALL", ""])
def test_an_unknown_scenario_names_the_known_ones(key):
    """Paths are no keys, and a typo is answered with what there is."""
    with pytest.raises(Refused) as refused:
        scenarios.load(key)
    assert refused.value.code == "alerts.unknown_scenario"
    assert "recall" in str(refused.value.facts["known"])


@pytest.mark.parametrize("key", ["recall", "breach", "side_effect"])
def test_each_shipped_scenario_loads(key):
    """What is shipped is readable, names itself, and asks for at least one office."""
    scenario = scenarios.load(key)
    assert scenario.key == key
    assert scenario.offices
    assert scenario.groups[-1].roles == ()


def test_the_recall_needs_chief_executive_and_counsel():
    """Nothing leaves without both (S24)."""
    assert {"ceo", "counsel"} <= set(scenarios.load("recall").offices)
