"""CLDR containment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts import territories
from contacts.errors import Refused


@pytest.mark.parametrize(
    ("code", "inside", "outside"),
    [
        ("001", ["BR", "US-CA", ""], []),
        ("EU", ["DE", "IE", "DE-BY"], ["GB", "CH", "US", ""]),
        ("150", ["DE", "RU", "GB"], ["TR", "BR"]),
        ("419", ["BR", "MX"], ["US", "ES"]),
        ("US", ["US", "US-CA"], ["CA", ""]),
        ("US-CA", ["US-CA"], ["US", "US-NY", "CA"]),
        ("GB-ENG", ["GB-ENG", "GB-LND"], ["GB-SCT", "GB"]),
    ],
)
def test_holds(code, inside, outside):
    """A code holds its countries and their parts, a part holds its own parts, the world everything."""
    territory = territories.expand(code)
    assert all(map(territory.holds, inside))
    assert not any(map(territory.holds, outside))


@given(st.sampled_from(sorted(territories.countries())))
def test_every_country_lies_in_all_its_parents(country):
    """Parents contain the country, the world is the last, and none of them is smaller than the next."""
    above = territories.parents(country)
    assert above[-1] == "001"
    assert all(territories.expand(code).holds(country) for code in above)


@given(st.sampled_from(sorted(territories.subdivisions())))
def test_a_part_has_its_country_above_it(part):
    """`GB-LND` lies in GB-ENG and in GB."""
    above = territories.parents(part)
    assert part[:2] in above
    assert all(territories.expand(code).holds(part) for code in above)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("br", "BR"),
        ("us_ca", "US-CA"),
        ("UK", "GB"),
        ("Deutschland", "DE"),
        ("ایران", "IR"),
        ("日本", "JP"),
        ("United States", "US"),
    ],
)
def test_a_place_is_read(typed, code):
    """Codes and names of countries in the console's languages."""
    assert territories.place(typed) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Atlantis", "contacts.region_unknown"),
        ("US-XX", "contacts.region_unknown"),
        ("", "contacts.region_unknown"),
        ("EU", "contacts.region_not_a_place"),
        ("150", "contacts.region_not_a_place"),
    ],
)
def test_what_is_no_place_is_refused(typed, code):
    """Nobody lives in a continent."""
    with pytest.raises(Refused) as refused:
        territories.place(typed)
    assert refused.value.code == code


def test_a_territory_covers_what_it_holds():
    """Scopes are compared by what they hold; nothing but the world covers the world."""
    europe, union = territories.expand("150"), territories.expand("EU")
    assert europe.covers(territories.expand("DE-BY"))
    assert territories.expand("001").covers(union)
    assert not union.covers(territories.expand("001"))
    assert not union.covers(europe)


@pytest.mark.parametrize(
    ("country", "zone"), [("FR", "Europe/Paris"), ("DE", "Europe/Berlin"), ("US", "")]
)
def test_a_country_with_one_time_zone_has_it(country, zone):
    """Where the country does not say the zone, nobody guesses."""
    assert territories.zone(country) == zone
