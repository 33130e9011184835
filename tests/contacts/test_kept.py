"""What is kept of each person's reach is what would be derived, whatever happened in which order."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts import callers, consent, kept, rights
from contacts.models import Address, Consent, Contact, Reach, Stale, StaleDigest, Suppression
from contacts.ranks import KINDS, columns
from contacts.reach import Audience, Scope, recipients

EVERYTHING = Scope.everything()
PEOPLE, KEYS = 4, 5

# Derived the long way, with an array a column, as it was done before anything was kept.
DERIVED = """
    select c.id, x.channel,
        (array_agg(a.id order by a.position, a.id) filter (where a.id is not null and why is null))[1],
        case when bool_or(a.id is not null and why is null) then null
            when count(a.id) = 0 then 'no_address'
            else (array_agg(why order by array_position(
                array['dead', 'no_consent', 'opted_out', 'suppressed'], why)))[1] end,
        (array_agg(a.shared order by a.position, a.id)
            filter (where a.id is not null and why is null))[1] is true
    from contacts_contact c
    cross join unnest(array['sms', 'email', 'push']) as x (channel)
    left join contacts_address a
        on a.contact_id = c.id and a.channel = x.channel and a.retired_at is null
    left join lateral (
        select k.granted from contacts_consent k
        where k.contact_id = c.id and k.channel = x.channel and k.kind in ('', %(kind)s)
        order by k.id desc limit 1
    ) said on true
    left join contacts_suppression stopped on stopped.channel = a.channel
        and stopped.digest = sha256(convert_to(a.key, 'UTF8'))
    cross join lateral (select case
        when said.granted = false then 'opted_out'
        when stopped.reason = 'opted_out' then 'opted_out'
        when stopped.reason is not null then 'suppressed'
        when a.dead_at is not null then 'dead'
        when said.granted is null and %(kind)s = 'news' then 'no_consent' end) as w (why)
    where c.forgotten_at is null
    group by c.id, x.channel
"""


def derived(kind):
    """(contact, channel) -> address, block, shared; from the rows themselves."""
    with connection.cursor() as cursor:
        cursor.execute(DERIVED, {"kind": kind})
        return {row[:2]: row[2:] for row in cursor.fetchall()}


def read(kind):
    """The same as the enlister reads it."""
    when = datetime.now(UTC) + timedelta(minutes=1)
    query = recipients(Audience("everyone"), scope=EVERYTHING, kind=kind, cutoff=when)
    told: dict[str, Any] = {**query.params}
    with connection.cursor() as cursor:
        cursor.execute(
            f"select contact_id, x.* from ({query.sql}) r cross join lateral (values"  # noqa: S608
            " ('sms', sms_id, sms_block, sms_shared), ('email', email_id, email_block, email_shared),"
            " ('push', push_id, push_block, push_shared)) as x",
            told,
        )
        return {row[:2]: (*row[2:4], row[4] is True) for row in cursor.fetchall()}


def exact():
    """What is read is what is so, for each kind of message."""
    for kind in KINDS:
        assert read(kind) == derived(kind), kind


def person(name):
    return Contact.objects.create(
        reference=name, name="", region="DE", country="DE", languages=["de"], roles=[], tags=[],
        culture="", time_zone="", attributes={},
    )  # fmt: skip


def key(channel, number):
    return f"fcm:{number}" if channel == "push" else f"{channel}-\\{number}é"


CHANNELS, WORDS, WHO, KEY, YES = (
    st.sampled_from(["sms", "email", "push"]),
    st.sampled_from(["", *KINDS]),
    st.integers(0, PEOPLE - 1),
    st.integers(0, KEYS - 1),
    st.booleans(),
)
DEEDS = st.one_of(
    st.tuples(st.just("bring"), WHO, CHANNELS, KEY, st.integers(0, 2)),
    st.tuples(st.just("bring"), WHO, CHANNELS, KEY, st.integers(0, 2)),
    st.tuples(st.just("file"), WHO, KEY, KEY, WORDS),
    st.tuples(st.just("say"), WHO, CHANNELS, WORDS, YES),
    st.tuples(st.just("out"), CHANNELS, KEY, WORDS),
    st.tuples(st.just("in"), CHANNELS, KEY, WORDS),
    st.tuples(st.just("caller"), CHANNELS, KEY, YES),
    st.tuples(st.just("block"), CHANNELS, KEY),
    st.tuples(st.just("lift"), CHANNELS, KEY),
    st.tuples(st.just("dead"), CHANNELS, KEY, YES),
    st.tuples(st.just("retire"), CHANNELS, KEY, YES),
    st.tuples(st.just("unsay"), WHO),
    st.tuples(st.just("forget"), WHO, YES),
    st.tuples(st.just("settle"), st.integers(1, 3)),
    st.tuples(st.just("settle"), st.integers(1, 3)),
)


def held(channel, number):
    return Address.objects.filter(channel=channel, key=key(channel, number))


def do(deed, people, load):  # noqa: C901, PLR0912  (one case a deed)
    """One of the things that happen to a registry."""
    match deed:
        case "bring", who, channel, number, position:
            where = {"contact": people[who], "channel": channel, "key": key(channel, number)}
            if people[who].pk and not Address.objects.filter(**where).exists():
                Address.objects.create(**where, value="x", position=position)
        case "file", who, one, other, word:
            heading = f"consent.email.{word}" if word else "consent.email"
            load(
                f"reference,phone,email,{heading}\n"
                f"file{who},+4917139200{one}1;+4917139200{other}2,x{one}@example.com,no\n"
            )
        case "say", who, channel, kind, granted:
            consent.say(people[who].pk, channel=channel, kind=kind, granted=granted, source="t")
        case "out", channel, number, kind:
            for one in held(channel, number)[:1]:
                consent.opt_out(one.pk, source="t", kind=kind)
        case "in", channel, number, kind:
            for one in held(channel, number)[:1]:
                consent.opt_in(one.pk, source="t", kind=kind)
        case "caller", channel, number, stop:
            (callers.stop if stop else callers.start)(channel, key(channel, number), source="t")
        case "block", channel, number:
            consent.block([one.pk for one in held(channel, number)], reason="complaint", source="t")
        case "lift", channel, number:
            digest = hashlib.sha256(key(channel, number).encode()).digest()
            Suppression.objects.filter(channel=channel, digest=digest).delete()
        case "dead", channel, number, dead:
            ids = [one.pk for one in held(channel, number)]
            (consent.mark_dead if dead else consent.revive)(ids)
        case "retire", channel, number, gone:
            held(channel, number).update(retired_at=datetime.now(UTC) if gone else None)
        case "unsay", who:
            Consent.objects.filter(contact=people[who]).delete()
        case "forget", who, out:
            if Contact.objects.get(pk=people[who].pk).forgotten_at is None:
                rights.forget(people[who].pk, scope=EVERYTHING, keep_out=out)
        case "settle", most:
            kept.settle(most=most)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)
@given(st.lists(DEEDS, min_size=3, max_size=14))
def test_what_is_read_is_what_is_so_after_anything_in_any_order(load, deeds):
    """Stale or settled: the law needs neither; and once settled, nothing is stale and all is kept."""
    with transaction.atomic():
        people = [person(f"p{n}") for n in range(PEOPLE)]
        for deed in deeds:
            do(deed, people, load)
            exact()
        kept.settle()
        assert not Stale.objects.exists()
        assert not StaleDigest.objects.exists()
        exact()
        assert kept.prove() == 0
        transaction.set_rollback(True)


def test_each_kind_and_channel_has_a_column():
    """A new kind of message is a migration, not a surprise."""
    kept_columns = [field.name for field in Reach._meta.get_fields()]
    assert kept_columns == ["contact_id", *columns(*KINDS)]


def test_a_registry_that_was_settled_is_not_derived(cast):
    """The kept numbers are what is read: made wrong behind the triggers' backs, they show."""
    kept.settle()
    assert not Stale.objects.exists()
    Reach.objects.filter(pk=cast["ana"]).update(safety_email=None)
    assert read("safety")[cast["ana"], "email"] == (None, "no_address", False)


def test_a_proof_finds_what_was_written_past_the_triggers_and_mends_it(cast):
    """Somebody too many, somebody missing, somebody wrong; and it says how many."""
    kept.settle()
    Reach.objects.filter(pk=cast["ana"]).update(safety_email=None)
    Reach.objects.filter(pk=cast["greta"]).delete()
    Reach.objects.create(contact_id=cast["nobody"], news_sms=7)
    assert kept.prove(most=3) == 3
    exact()
    kept.settle()
    assert kept.prove() == 0
    exact()


def test_a_comparison_marks_nobody_and_a_sample_finds_them_among_their_neighbours(cast):
    """Page by page: how many are there, and how many differ; a second look finds the same."""
    kept.settle()
    there = Contact.objects.count()
    assert kept.sample() == (there, 0)
    Reach.objects.filter(pk=cast["ana"]).update(safety_email=None)
    for _ in range(2):
        pages = list(kept.differing(most=3))
        assert [sum(figures) for figures in zip(*pages, strict=True)] == [there, 1]
        assert len(pages) == -(-there // 3)
    assert kept.sample() == (there, 1)
    assert not Stale.objects.exists()


def test_who_is_stale_does_not_differ(cast):
    """They are derived when they are read: nothing wrong is believed."""
    kept.settle()
    consent.say(cast["ana"], channel="email", kind="", granted=False, source="t")
    assert kept.sample()[1] == sum(differ for _, differ in kept.differing()) == 0


# ------------------------------------------------------------------ whom a reading derives anew


IMPORTED = """
    insert into contacts_contact (reference, name, region, country, languages, roles, tags,
        culture, time_zone, attributes, created_at)
    select i, '', 'DE', 'DE', '{de}', '{}', case when i % 100 = 0 then '{few}' else '{}' end::text[],
        '', '', '{}', now()
    from generate_series(1, 2000) i;
    insert into contacts_address (contact_id, channel, key, value, position, created_at)
    select id, 'sms', id, id, 0, now() from contacts_contact;
    analyze contacts_contact, contacts_address, contacts_consent
"""


def walked(segment):
    """The nodes of the plan by which a launch to the segment reads, with what each came to."""
    when = datetime.now(UTC) + timedelta(minutes=1)
    query = recipients(Audience(segment), scope=EVERYTHING, kind="safety", cutoff=when)
    told: dict[str, Any] = {**query.params}
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, format json) {query.sql}", told)
        [(found,)] = cursor.fetchall()
    nodes = [found[0]["Plan"]]
    for node in nodes:
        nodes += node.get("Plans", [])
    return nodes


def addresses_read(segment):
    """How many addresses were derived from."""
    read = [node for node in walked(segment) if node.get("Alias") == "a"]
    return sum(round(node["Actual Rows"] * node["Actual Loops"]) for node in read)


@pytest.mark.django_db
def test_of_an_import_only_the_audience_is_derived_anew():
    """Twenty with a tag among two thousand who are marked: their addresses are read, no other's."""
    with connection.cursor() as cursor:
        cursor.execute(IMPORTED)
    assert Stale.objects.count() == 2_000
    assert addresses_read("tag = few") == 20
    assert addresses_read("everyone") == 2_000
    exact()


@pytest.mark.django_db
def test_where_nobody_is_marked_nobody_s_condition_is_looked_at_twice():
    """Who of the audience is marked, and whom a marked digest means: neither is asked."""
    with connection.cursor() as cursor:
        cursor.execute(IMPORTED)
        kept.settle()
    gates = [node for node in walked("tag = few") if "One-Time Filter" in node]
    parts = [part for gate in gates for part in gate["Plans"]]
    behind = [part for part in parts if part["Parent Relationship"] != "InitPlan"]
    assert len(gates) == len(behind) == 2
    assert {node["Actual Loops"] for node in behind} == {0}


# ------------------------------------------------------------------------------ two at a time


def apart(function, *args):
    """Run it in another session, to its end; it gives up when it has to wait."""

    def run():
        try:
            with connection.cursor() as cursor:
                cursor.execute("set lock_timeout = '5s'")
            return function(*args)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        return other.submit(run).result(60)


@pytest.fixture
def two(transactional_db):  # noqa: ARG001
    """Somebody with a phone, kept; and the phone's address."""
    one = person("one")
    address = Address.objects.create(
        contact=one, channel="sms", key=key("sms", 1), value="x", position=1
    )
    kept.settle()
    return one, address


def test_a_consent_and_an_address_written_at_once_both_count(two):
    """Neither session sees the other's row, neither waits, and a settler comes between."""
    one, _ = two
    with transaction.atomic():
        consent.say(one.pk, channel="sms", kind="", granted=False, source="t")
        apart(
            lambda: Address.objects.create(
                contact_id=one.pk, channel="sms", key=key("sms", 2), value="y", position=0
            )
        )
        assert apart(kept.settle)
    exact()
    assert read("safety")[one.pk, "sms"] == (None, "opted_out", False)
    kept.settle()
    exact()
    assert kept.prove() == 0


def test_a_suppression_finds_the_address_that_was_written_meanwhile(two):
    """Its mark is the digest: the person was not to be seen when it was made."""
    one, _ = two
    digest = hashlib.sha256(key("sms", 2).encode()).digest()
    with transaction.atomic():
        Suppression.objects.create(channel="sms", digest=digest, reason="complaint", source="t")
        apart(
            lambda: Address.objects.create(
                contact_id=one.pk, channel="sms", key=key("sms", 2), value="y", position=0
            )
        )
        assert apart(kept.settle)
    exact()
    kept.settle()
    exact()
    assert kept.prove() == 0


def test_an_address_whose_session_is_still_open_finds_the_suppression(two):
    """The other way round: settled while the address could not be seen."""
    one, _ = two
    digest = hashlib.sha256(key("sms", 2).encode()).digest()
    with transaction.atomic():
        Address.objects.create(
            contact_id=one.pk, channel="sms", key=key("sms", 2), value="y", position=0
        )
        apart(
            lambda: Suppression.objects.create(
                channel="sms", digest=digest, reason="complaint", source="t"
            )
        )
        apart(kept.settle)
    exact()
    kept.settle()
    exact()


def test_who_settles_second_leaves_it_to_the_first_and_writers_wait_for_neither(two):
    """A word of consent is written while the same person is being settled."""
    _, address = two
    consent.mark_dead([address.pk])
    with transaction.atomic():
        assert kept.settle() == 1
        assert apart(kept.settle) == 0
        apart(lambda: consent.opt_out(address.pk, source="t"))
    exact()
    assert kept.settle()
    exact()
    assert kept.prove() == 0
