"""A refusal on a page names things as people do, in the reader's language."""

import pytest
from django.utils import translation

from dispatcher.console.saying import said
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
        told = said(refused)
    assert [name for name in names if name not in told] == []
    assert [key for key in keys if key in told] == []
