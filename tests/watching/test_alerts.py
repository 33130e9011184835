"""Alert rules and dashboard speak of nothing that is not exposed, and of all that is."""

import json
import re

import pytest
import yaml

from dispatcher.watching import exposition
from tests.house.tree import ROOT

OPERATE = ROOT / "docs" / "operate"


def rules():
    groups = yaml.safe_load((OPERATE / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def panels():
    board = json.loads((OPERATE / "grafana.json").read_text(encoding="utf-8"))
    return {panel["title"]: panel for panel in board["panels"]}


def sentences():
    """Every expression, by where it stands."""
    told = {f"alert {name}": [rule["expr"]] for name, rule in rules().items()}
    shown = {
        f"panel {title}": [target["expr"] for target in panel["targets"]]
        for title, panel in panels().items()
    }
    return [(where, one) for where, many in (told | shown).items() for one in many]


def labels():
    """Metric's name -> its labels, as they are exposed."""
    return {
        f"{family.name}_total" if family.type == "counter" else family.name: set(
            vars(family)["_labelnames"]
        )
        for family in exposition._families(None)
    }


@pytest.mark.parametrize(("where", "expression"), sentences())
def test_what_is_asked_is_exposed(where, expression):
    """Every metric by its name, every label by one that this metric has."""
    known = labels()
    named = re.findall(r"(dispatcher_\w+)(?:\{([^}]*)\})?", expression)
    assert named, where
    for name, chosen in named:
        assert name in known, f"{where}: {name}"
        assert set(re.findall(r"(\w+)\s*[=!]~?", chosen)) - {""} <= known[name], (
            f"{where}: {chosen}"
        )
    for grouped in re.findall(r"by \(([^)]*)\)", expression):
        assert any(set(grouped.split(", ")) <= known[name] for name, _ in named), where


def test_whatever_is_exposed_is_on_the_dashboard():
    shown = " ".join(one for where, one in sentences() if where.startswith("panel"))
    assert exposition.names() - set(re.findall(r"dispatcher_\w+", shown)) == set()


@pytest.mark.parametrize(("name", "expression"), [one for one in sentences() if "_total" in one[1]])
def test_a_count_is_asked_by_its_rate(name, expression):
    """It begins anew when Valkey is emptied; only its rate says something."""
    for metric in re.findall(r"(\w*)\(?dispatcher_\w+_total", expression):
        assert metric == "rate", name


def test_every_alarm_says_what_it_is_about_and_the_page_what_to_do():
    page = (OPERATE / "watching.md").read_text(encoding="utf-8")
    for name, rule in rules().items():
        assert rule["annotations"]["summary"], name
        assert rule["labels"]["severity"] in {"page", "ticket"}, name
        assert f"`{name}`" in page, name


def test_panels_have_room_and_a_sentence_each():
    """No two lie over each other, and each says how to read it."""
    taken = set()
    for title, panel in panels().items():
        assert panel["description"], title
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, title
        assert at["x"] + at["w"] <= 24, title
        taken |= cells
