"""Every code that the room raises has a sentence, and the facts that it names."""

import re
from pathlib import Path

import pytest

import dispatcher.wording
from dispatcher.kit.errors import Refused, sentence, told
from dispatcher.wording import checks
from dispatcher.wording.placeholders import parse

ROOM = Path(next(iter(dispatcher.wording.__path__)))
WRITTEN = "\n".join(
    path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py") if path.name != "sentences.py"
)
NAMES = {"wording.load", "wording.template", "wording.wordingversion"}
"""What looks like a code: an advisory lock, and models."""
RAISED = set(re.findall(r'"(wording\.[a-z0-9_]+)"', WRITTEN)) - NAMES


@pytest.mark.parametrize("code", sorted(RAISED))
def test_told(code):
    """No code without a sentence."""
    assert told(code)


@pytest.mark.parametrize(
    "text",
    ["{0}", "{x.y}", "{x, colour}", "{x, date, huge}", "{x", "}", "'{", "{n, plural, one {x}}",
     "{n, plural, few {x} other {y}}", "{n, plural, other {x} other {y}}",
     "{n,plural,other{" * 4 + "}}" * 4, "{x}" * 101, "e" + "\u0301" * 9, "x" * 20_001],
)  # fmt: skip
def test_parser_tells(text):
    """The sentence of each parser's error names what it should, and no code shows."""
    with pytest.raises(Refused) as wrong:
        parse(text, locale="en")
    assert told(wrong.value.code)
    assert wrong.value.code not in sentence(wrong.value)


@pytest.mark.parametrize(
    "text",
    ["{b} \u202e", "{a} Do not consume it", "{a} Не ешьте это {n, plural, other {#}}", "{a} {a} " + "ф" * 300],
)  # fmt: skip
def test_findings_tell(text):
    """A finding's sentence needs no fact that it lacks."""
    source = {"text": "{a} Do not consume it"}
    findings = checks.examine({"text": text}, locale="ru", source=source)
    assert findings
    for finding in findings:
        shown = sentence(Refused(finding.code, **finding.facts))
        assert shown
        assert "wording." not in shown
