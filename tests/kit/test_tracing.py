"""The seam for traces: nothing without a listener, and nothing told that could be an address."""

from contextlib import contextmanager

import pytest

from dispatcher.kit import tracing


class Heard:
    """A span of a listener that remembers."""

    def __init__(self):
        self.facts = {}

    def tell(self, **facts):
        self.facts |= facts


@pytest.fixture
def heard():
    spans = []

    @contextmanager
    def listener(name):
        spans.append((name, Heard()))
        yield spans[-1][1]

    tracing.listen(listener)
    yield spans
    tracing.listen(None)


def test_nobody_listens_and_nothing_is_made():
    """One object for all spans; it is false, so that nobody gathers facts for it."""
    with tracing.span("convoy") as one, tracing.span("launch") as other:
        one.tell(people=500)
        assert one is other
        assert not one


def test_a_listener_hears_name_and_facts(heard):
    with tracing.span("convoy") as told:
        told.tell(people=500)
    [(name, one)] = heard
    assert (name, one.facts) == ("convoy", {"people": 500})


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        (500, 500),
        (0.25, 0.25),
        ("life_safety", "life_safety"),
        ([7, 8], [7, 8]),
        (list(range(100)), list(range(64))),
        ("+12025550123", None),
        ("mina@example.com", None),
        ("Do not eat", None),
        ("fcm:dGhpcw", None),
        ("SK0123456789abcdef", None),
        ("", None),
    ],
)
def test_what_may_be_told(fact, told):
    """Numbers, ids and single words; never what looks like an address, a text or a key."""
    assert tracing.plain(fact) == told
