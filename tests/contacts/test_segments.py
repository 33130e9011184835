"""The grammar of audiences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.errors import Refused
from contacts.segments import All, Any, Everyone, Is, Not, Vocabulary, parse, render

WORDS = Vocabulary(roles=("customer", "retailer", "employee"), own_regions=("nordics",))
CUSTOMER = Is("role", "=", ("customer",))
GERMAN = Is("language", "=", ("de",))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("role = customer", CUSTOMER),
        ("ROLE = Customer", CUSTOMER),
        ("role in (customer, retailer)", Is("role", "in", ("customer", "retailer"))),
        ("role in customer", Is("role", "in", ("customer",))),
        ("role not in (customer)", Not(Is("role", "in", ("customer",)))),
        ("role != customer", Not(CUSTOMER)),
        ("not role = customer", Not(CUSTOMER)),
        ("not not role = customer", Not(Not(CUSTOMER))),
        ("role=customer and language=de", All((CUSTOMER, GERMAN))),
        (
            "role = customer or language = de and everyone",
            Any((CUSTOMER, All((GERMAN, Everyone())))),
        ),
        (
            "(role = customer or language = de) and everyone",
            All((Any((CUSTOMER, GERMAN)), Everyone())),
        ),
        ("region = uk", Is("region", "=", ("GB",))),
        ("region = Germany", Is("region", "=", ("DE",))),
        ('region = "United States"', Is("region", "=", ("US",))),
        ("region in (EU, us-ca, own:nordics)", Is("region", "in", ("EU", "US-CA", "own:nordics"))),
        ("region = none", Is("region", "=", ("none",))),
        ("language = pt_BR", Is("language", "=", ("pt-BR",))),
        ("reads = prs", Is("reads", "=", ("fa-AF",))),
        ("language = none", Is("language", "=", ("none",))),
        ('attr.store = "12"', Is("attr.store", "=", ("12",))),
        ('attr.Store = "say ""hi"""', Is("attr.Store", "=", ('say "hi"',))),
        ("attr.store = ''", None),
        ("tag = Contractor", Is("tag", "=", ("contractor",))),
        ('tag = "and"', Is("tag", "=", ("and",))),
        ("confirmed < 2026-01-01", Is("confirmed", "<", ("2026-01-01",))),
        ("confirmed = never", Is("confirmed", "=", ("never",))),
        ("everyone", Everyone()),
    ],
)
def test_reads(text, tree):
    """A sentence has one tree; words and codes are put into canonical form."""
    if tree is None:
        with pytest.raises(Refused):
            parse(text, words=WORDS)
    else:
        assert parse(text, words=WORDS) == tree


@pytest.mark.parametrize(
    ("text", "code", "position", "nearest"),
    [
        ("rol = customer", "field", 0, "role"),
        ("role = custmer", "role", 7, "customer"),
        ("role = customer and lnguage = de", "field", 20, "language"),
        ("region in (EU, EEU)", "region", 15, "EU"),
        ("region = Germny", "region", 9, "Germany"),
        ("region = own:nordic", "region", 9, "own:nordics"),
        ("language = Germn", "language", 11, "German"),
        ("role = zzzzzz", "role", 7, ""),
        ("role", "end", 4, ""),
        ("", "end", 0, ""),
        ("   ", "end", 3, ""),
        ("role = customer and", "end", 19, ""),
        ("role = customer language = de", "expected", 16, ""),
        ("role customer", "expected", 5, ""),
        ("role = and", "expected", 7, ""),
        ("role < customer", "expected", 5, ""),
        ("(role = customer", "open", 0, ""),
        ("role in (customer", "open", 8, ""),
        ("role = customer)", "expected", 15, ""),
        ('tag = "x', "quote", 6, ""),
        ("role = customer; drop", "letter", 15, ""),
        ("confirmed < 31.12.2026", "day", 12, ""),
        ("confirmed = 2026-01-01", "expected", 12, ""),
        ("not " * 60 + "everyone", "deep", 200, ""),
    ],
)
def test_an_error_points_at_the_character(text, code, position, nearest):
    """Each error says what, where, and the nearest word that would have been right."""
    with pytest.raises(Refused) as refused:
        parse(text, words=WORDS)
    assert refused.value.code == f"contacts.segment_{code}"
    assert refused.value.facts["position"] == position
    assert refused.value.facts["character"] == position + 1
    assert refused.value.facts.get("nearest", "") == nearest


def test_without_a_near_word_all_of_them_are_told():
    """Somebody who does not know the roles sees them."""
    with pytest.raises(Refused) as refused:
        parse("role = zzzzzz", words=WORDS)
    assert refused.value.facts["known"] == "customer, retailer, employee"


VALUES = {
    "role": st.sampled_from(sorted(WORDS.roles)),
    "region": st.sampled_from(["EU", "DE", "US-CA", "001", "own:nordics", "none"]),
    "language": st.sampled_from(["de", "pt-BR", "zh-Hant", "none"]),
    "reads": st.sampled_from(["fa", "en"]),
    "tag": st.text(max_size=8).map(str.casefold).filter(lambda t: t == t.casefold()),
    "culture": st.text(max_size=8).map(str.casefold).filter(lambda t: t == t.casefold()),
    "attr.store": st.text(max_size=8),
}


def _is(name):
    one = st.builds(lambda value: Is(name, "=", (value,)), VALUES[name])
    some = st.lists(VALUES[name], min_size=1, max_size=3, unique=True)
    return one | st.builds(lambda values: Is(name, "in", tuple(values)), some)


days = st.builds(
    lambda sign, day: Is("confirmed", sign, (day.isoformat(),)),
    st.sampled_from(["<", "<=", ">", ">="]),
    st.dates(),
)
TREES = st.recursive(
    st.one_of(st.just(Everyone()), days, *map(_is, VALUES)),
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(All, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Any, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


@given(TREES)
def test_a_printed_tree_is_read_again(tree):
    """Printing and reading are each other's opposite."""
    assert parse(render(tree), words=WORDS) == tree


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_tree_or_a_coded_error(text):
    """Nothing that a person can type breaks the parser, and every error lies inside the text."""
    try:
        parse(text, words=WORDS)
    except Refused as wrong:
        assert wrong.facts["position"] in range(len(text) + 1)  # noqa: PT017
