"""Own regions and scopes."""

import pytest

from contacts.errors import Refused
from contacts.regions import Scope, define, expand


def test_an_own_region_is_a_list_of_codes(db):
    """It can be defined, changed and used wherever a code can."""
    assert db is None
    define("dach", title="D-A-CH", parts=["de", "AT", "CH"])
    assert expand(["own:dach"]).holds("CH-ZH")
    define("dach", title="D-A", parts=["DE", "AT"])
    assert not expand(["own:dach"]).holds("CH")
    assert expand(["own:dach", "CH"]).holds("CH")


@pytest.mark.parametrize("codes", [["own:nowhere"], ["ZZ"], ["DE", "Atlantis"]])
def test_what_is_no_region_is_refused(db, codes):
    """A typo in a scope must not widen or empty it in silence."""
    assert db is None
    with pytest.raises(Refused, match="region_unknown"):
        expand(codes)
    with pytest.raises(Refused, match="region_unknown"):
        define("x", title="X", parts=codes)


def test_scopes_cover_scopes(db):
    """Everything covers all, the EU covers its members, nothing covers nothing else."""
    assert db is None
    assert Scope.everything().covers(["001", "BR"])
    assert Scope(("EU",)).covers(["DE", "DE-BY"])
    assert not Scope(("EU",)).covers(["GB"])
    assert not Scope(("EU",)).covers(["001"])
    assert not Scope(()).covers(["DE"])
    assert Scope(()).covers([])
