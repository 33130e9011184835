"""The census says what the rows say, whoever writes them and in whatever order."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts import census
from contacts.models import Contact
from contacts.regions import Scope

WRITTEN = st.lists(
    st.tuples(
        st.sampled_from(["enter", "move", "forget", "remove", "fold"]),
        st.sampled_from(["DE", "US-CA", ""]),
        st.sampled_from([("de",), ("fa", "en"), ()]),
        st.sampled_from([("customer",), ("employee", "regulator"), ()]),
        st.integers(1, 3),
    ),
    max_size=12,
)


def rows(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


KEPT = """
    select region, country, languages[1:1], roles, sum(people) from contacts_census
    group by 1, 2, 3, 4 having sum(people) <> 0
"""
SEEN = """
    select region, country, languages[1:1], roles, count(*) from contacts_contact
    where forgotten_at is null group by 1, 2, 3, 4
"""


def told():
    """People by all that the census knows, once from it and once from their rows."""
    return sorted(map(repr, rows(KEPT))), sorted(map(repr, rows(SEEN)))


def write(what, region, languages, roles, many):
    """Some people come, move, are forgotten or go, all by one statement."""
    some = Contact.objects.filter(pk__in=Contact.objects.order_by("-pk").values("pk")[:many])
    told = {"region": region, "country": region[:2], "languages": list(languages)}
    if what == "enter":
        Contact.objects.bulk_create(
            Contact(
                reference=f"{Contact.objects.count()}-{n}", name="", roles=list(roles), tags=[],
                culture="", time_zone="", attributes={}, **told,
            )
            for n in range(many)
        )  # fmt: skip
    elif what == "move":
        some.update(roles=list(roles), **told)
    elif what == "forget":
        some.update(forgotten_at="2026-01-01T00:00Z", reference="")
    elif what == "remove":
        some.delete()
    else:
        census.fold()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=WRITTEN)
def test_it_is_what_counting_says(db, steps):  # noqa: ARG001
    """After any history, before and after it is folded; and everybody lies between its ends."""
    Contact.objects.all().delete()
    for step in steps:
        write(*step)
        kept, seen = told()
        assert kept == seen
    census.fold()
    assert told()[0] == told()[1]
    ids = list(
        Contact.objects.filter(forgotten_at=None).order_by("pk").values_list("pk", flat=True)
    )
    whole = census.count("true", {})
    assert whole.people == len(ids)
    assert not ids or whole.first_id <= ids[0] <= ids[-1] <= whole.last_id


def test_who_takes_another_place_in_the_same_statement_lies_between_its_ends(load):
    """One leaves Germany, one comes: the number stays, and the one who came is there."""
    load("reference,region\na,DE\nb,DE\nc,FR\n")
    first, _, last = Contact.objects.order_by("pk")
    with connection.cursor() as cursor:
        cursor.execute(
            "update contacts_contact set region = case id when %s then 'FR' else 'DE' end,"
            " country = case id when %s then 'FR' else 'DE' end where id in (%s, %s)",
            [first.pk, first.pk, first.pk, last.pk],
        )
    for _ in range(2):
        german = census.count("c.country = 'DE'", {})
        assert (german.people, german.last_id) == (2, last.pk)
        census.fold()


@pytest.mark.parametrize(("regions", "people"), [(("001",), 3), (("DE",), 2), (("US-CA",), 0)])
def test_it_counts_who_lives_inside_a_scope(load, regions, people):
    load("reference,region\na,DE\nb,DE\nc,FR\n")
    assert census.within(Scope(regions)) == people
