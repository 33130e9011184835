"""Arrays reach PostgreSQL as the text that it writes itself, whatever stands in them."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.ledger import statements

ODD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def came_back(values, kind):
    with connection.cursor() as cursor:
        cursor.execute(f"select %s::{kind}[]", [statements.array(values)])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@given(st.lists(st.one_of(st.none(), ODD, st.sampled_from(['"', "\\", "{", "null", "", ","]))))
def test_texts_and_nulls_come_back_as_they_went(values):
    assert came_back(values, "text") == values


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([], "bigint"),
        ([1, -(2**63), 2**63 - 1], "bigint"),
        ([1, None], "int"),
        ([True, False, None], "bool"),
        ([0.25, 1e-9, 600.0], "float8"),
        ([datetime(2026, 11, 23, 12, 30, 0, 5, tzinfo=UTC), None], "timestamptz"),
    ],
)
def test_values_of_other_kinds_come_back_too(values, kind):
    assert came_back(values, kind) == values
