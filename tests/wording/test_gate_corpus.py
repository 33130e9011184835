"""The gate against the labelled corpus: how many faults it finds, how often it cries wolf."""

import pytest

from tests.wording.corpus.cases import LOCALES, cases
from tests.wording.corpus.score import chosen, score

RECALL, PRECISION = 0.97, 0.97
"""Floors over all; the figures of the day are in docs/wording/checks.md."""


@pytest.fixture(scope="module")
def tally():
    """Every case of the corpus judged once."""
    return score(chosen("all"))


def test_the_corpus_is_as_large_as_promised():
    """At least 40 broken and 40 sound cases a locale; a third is set aside; few by script."""
    found = [case for locale in LOCALES for case in cases(locale)]
    assert len(LOCALES) == 13
    for locale in LOCALES:
        mine = [case for case in found if case.locale == locale]
        broken = [case for case in mine if case.code]
        assert len(broken) >= 40
        assert len(mine) - len(broken) >= 40
        assert sum(case.held_out for case in mine) >= len(mine) // 3
        assert sum(case.by_script for case in broken) <= 0.3 * len(broken)


def test_over_all(tally):
    """Nearly every fault is found, and nearly every alarm is a fault."""
    assert tally.all.recall >= RECALL
    assert tally.all.precision >= PRECISION


def test_in_every_language(tally):
    """No language is left behind."""
    for locale, one in tally.by_locale.items():
        assert one.recall >= 0.9, locale
        assert one.precision >= 0.9, locale


def test_of_every_kind(tally):
    """No kind of fault slips through as a rule."""
    for code, one in tally.by_code.items():
        assert one.recall >= 0.8, code
