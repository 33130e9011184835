"""A refusal on a page names things as people do, in the reader's language."""

import pytest
from django.utils import translation

from dispatcher.console.saying import said
from dispatcher.console.templatetags import told
from dispatcher.kit.errors import Refused


@pytest.mark.parametrize(
    ("refused", "names", "keys"),
    [
        (Refused("alerts.closed", number="R-7", state="rejected"), ["R-7", "Abgelehnt"], ["rejected"]),
        (Refused("alerts.move_not_allowed", old="draft", new="approved"), ["Freigegeben"], ["draft", "approved"]),
        (Refused("wording.move_not_allowed", before="stale", after="accepted"), ["Angenommen"], ["stale", "accepted"]),
        (Refused("alerts.no_wording", group="consumer", channel="email"), ["E-Mail"], ["consumer", "email"]),
    ],
)  # fmt: skip
def test_no_key_stands_in_a_sentence(refused, names, keys):
    with translation.override("de"):
        text = said(refused)
    assert [name for name in names if name not in text] == []
    assert [key for key in keys if key in text] == []


@pytest.mark.parametrize(
    ("refused", "says"),
    [
        (Refused("alerts.people_without_language", people=1204), "۱٬۲۰۴"),
        (Refused("alerts.fact_in_one_language", name="hazard", languages="de, fr"), "آلمانی، فرانسوی"),
        (Refused("alerts.fact_unverified", name="hazard"), "«\u2068hazard\u2069»"),
        (Refused("wording.sms_parts", field="text", parts=4, units=246, encoding="ucs2"), "UCS-2"),
    ],
)  # fmt: skip
def test_a_sentence_in_persian_keeps_its_digits_its_commas_and_its_order(refused, says):
    """What runs the other way stands between isolates, so that a quotation mark stays at its end."""
    with translation.override("fa"):
        assert says in said(refused)


@pytest.mark.parametrize(
    ("seconds", "says"), [(86_400, "1 day"), (259_200, "3 days"), (90, "1 min 30 sec")]
)
def test_three_days_are_days(seconds, says):
    """The form of a unit follows its number."""
    with translation.override("en"):
        assert told.duration(seconds).replace("\u00a0", " ") == says
