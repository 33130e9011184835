"""A link can be read by nobody but us, for nothing but its purpose."""

from hypothesis import given
from hypothesis import strategies as st

from dispatcher.kit import links


@given(st.integers(0, 2**63 - 1))
def test_a_signed_number_comes_back(number):
    assert links.read(links.sign(number, purpose="a"), purpose="a") == number


@given(st.integers(0, 2**63 - 1))
def test_another_purpose_reads_nothing(number):
    assert links.read(links.sign(number, purpose="a"), purpose="b") is None


@given(st.text())
def test_what_we_did_not_write_is_nothing(text):
    assert links.read(text, purpose="a") is None


@given(st.integers(0, 2**63 - 1), st.integers(0, 15))
def test_a_changed_letter_is_nothing(number, place):
    token = links.sign(number, purpose="a")
    place %= len(token) - 1  # the last letter may carry bits that mean nothing
    other = "B" if token[place] == "A" else "A"
    assert links.read(token[:place] + other + token[place + 1 :], purpose="a") is None
