"""The alert rules speak of nothing that is not exposed."""

import re

import yaml

from dispatcher.watching import exposition
from tests.house.tree import ROOT

RULES = ROOT / "docs" / "operate" / "alerts.yml"


def test_every_metric_of_an_alert_is_exposed():
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    named = {
        name
        for group in groups
        for rule in group["rules"]
        for name in re.findall(r"dispatcher_\w+", rule["expr"])
    }
    assert named
    assert named <= exposition.names()
