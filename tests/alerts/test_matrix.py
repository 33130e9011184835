"""The lead's matrix: language by language what would go out, and what it costs."""

from decimal import Decimal

import pytest

from contacts.reach import Scope
from dispatcher.alerts import compose, prices
from dispatcher.alerts.matrix import SAMPLE_NAME, matrix
from dispatcher.kit import sms
from dispatcher.kit.errors import Refused
from dispatcher.operators import roster
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.roles import Role
from dispatcher.wording import bench

pytestmark = pytest.mark.usefixtures("words", "people")
EU = Scope(regions=("EU",))


def test_each_language_says_who_reads_it_in_how_many_parts(ready):
    """Babak reads Persian; Greta falls back on English; nobody is staff by SMS."""
    seen = matrix(ready, scope=EU)
    persian, english = (seen.cell("consumer", "sms", tag) for tag in ("fa", "en"))
    assert (persian.readers, persian.reasons, persian.encoding) == (1, {"exact": 1}, "ucs2")
    assert (english.readers, english.reasons) == (1, {"default_language": 1})
    assert persian.sent == persian.parts > 1
    assert (persian.estimated, english.estimated) == (False, False)
    assert seen.cell("employee", "email", "en").readers == 1
    assert seen.cell("employee", "sms", "en").readers == 0


def test_who_gets_nothing_in_their_language_is_counted_by_language_and_place(ready):
    """Greta wanted German: the row is there, missing, with one who wants it."""
    seen = matrix(ready, scope=EU)
    assert seen.wanting("de") == 1
    assert {(c.wanted, c.reason, c.told, c.region) for c in seen.cases} == {
        ("de", "default_language", "en", "DE"),
    }
    german = seen.cell("consumer", "sms", "de")
    assert (german.state, german.readers, german.version_id) == ("missing", 0, None)
    assert {"de", "en", "fa"} <= set(seen.languages)
    assert seen.untold == {("consumer", "no_address"): 1}


def test_cost_is_told_where_a_price_was_entered(ready, sofie):
    """Three cents a part to Germany; without a price the country is named."""
    before = matrix(ready, scope=EU)
    assert (before.cost, before.unpriced) == ({}, {"DE": 2})
    prices.put(before.account, "de", amount="0.03", currency="eur", by=sofie)
    after = matrix(ready, scope=EU)
    sent = sum(cell.sent for cell in after.cells)
    assert (after.cost, after.unpriced) == ({"EUR": Decimal("0.03") * sent}, {})
    codes = {one.code for one in after.cell("consumer", "sms", "fa").findings}
    assert "wording.sms_cost" in codes
    assert "wording.sms_price_unknown" not in codes


def test_without_facts_the_parts_are_an_estimate(draft):
    """The lead sees the size before the facts are known."""
    cell = matrix(draft, scope=EU).cell("consumer", "sms", "fa")
    assert cell.estimated
    assert cell.parts > 1


def test_a_text_that_was_returned_does_not_leave(ready, tomas, sofie):
    """The state is told, and its readers fall back."""
    roster.grant(tomas, Role.TRANSLATOR, over=["001"], by=sofie, languages=["fa"])
    version = matrix(ready, scope=EU).cell("consumer", "sms", "fa").version_id
    bench.send_back(version or 0, by=tomas, reason="The tone is wrong.")
    seen = matrix(ready, scope=EU)
    cell = seen.cell("consumer", "sms", "fa")
    assert (cell.state, cell.leaves, cell.readers) == ("needs_editing", False, 0)
    assert seen.wanting("fa") == 1


def test_a_scope_shows_its_own_readers_only(ready):
    """Who sees Ireland sees one reader."""
    seen = matrix(ready, scope=Scope(regions=("IE",)))
    assert sum(cell.readers for cell in seen.cells) == 1
    assert seen.untold == {}


def test_an_alert_for_nobody_has_no_matrix(mina):
    """There is nobody to count."""
    with pytest.raises(Refused, match=r"alerts\.no_audience"):
        matrix(compose.compose("recall", by=mina, mode="drill"), scope=EU)


def test_the_sample_name_does_not_turn_the_alphabet():
    """A message that names its reader is counted in the alphabet of its text."""
    assert sms.fits_gsm7(SAMPLE_NAME)


WRONG = [
    ({"account": "nobody"}, "alerts.price_account_unknown"),
    ({"country": "EU"}, "alerts.price_not_a_country"),
    ({"country": "DE-BY"}, "alerts.price_not_a_country"),
    ({"amount": "0,03"}, "alerts.price_wrong"),
    ({"amount": "-1"}, "alerts.price_wrong"),
    ({"amount": "NaN"}, "alerts.price_wrong"),
    ({"amount": "1e9"}, "alerts.price_wrong"),
    ({"currency": "EURO"}, "alerts.price_currency_unknown"),
]


@pytest.mark.parametrize(("changed", "code"), WRONG)
def test_a_price_that_cannot_be_is_refused(sofie, changed, code):
    """Nothing is entered, and the sentence says what was wrong."""
    asked = {"account": prices.accounts()[0], "country": "DE", "amount": "0.03", "currency": "EUR"}
    asked |= changed
    with pytest.raises(Refused) as refused:
        prices.put(
            asked["account"], asked["country"], amount=asked["amount"],
            currency=asked["currency"], by=sofie,
        )  # fmt: skip
    assert refused.value.code == code
    assert prices.listed() == ()


def test_prices_are_an_admins(mina):
    """An author enters none."""
    with pytest.raises(NotAllowed):
        prices.put(prices.accounts()[0], "DE", amount="0.03", currency="EUR", by=mina)


def test_a_price_is_changed_and_dropped(sofie):
    """One price an account and country; what is not there cannot be dropped."""
    account = prices.accounts()[0]
    prices.put(account, "DE", amount="0.03", currency="EUR", by=sofie)
    prices.put(account, "DE", amount="0.0812", currency="USD", by=sofie)
    assert {country: (p.amount, p.currency) for country, p in prices.of(account).items()} == {
        "DE": (Decimal("0.0812"), "USD")
    }
    prices.drop(account, "DE", by=sofie)
    with pytest.raises(Refused, match=r"alerts\.price_missing"):
        prices.drop(account, "DE", by=sofie)
