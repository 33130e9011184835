"""The only door out: who is reached, where, and why not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings

from contacts import crowds, languages, reach, rights, segments, territories
from contacts.crowds import count
from contacts.errors import Refused
from contacts.importing import make_list
from contacts.models import Address, Contact, OwnRegion
from contacts.reach import Audience, Scope, doors, recipients
from contacts.regions import define
from tests.contacts.test_segments import TREES, WORDS

COLUMNS = (
    *("contact_id", "region", "country", "languages", "roles", "culture", "time_zone"),
    *("sms_id", "sms_key", "sms_block", "sms_shared"),
    *("email_id", "email_key", "email_block", "email_shared"),
    *("push_id", "push_key", "push_block", "push_shared"),
    "footing",
)
SLICE = "select * from ({}) r where contact_id > %(after)s order by contact_id limit %(n)s"
EVERYTHING = Scope.everything()


def _with(query: reach.Query, **more: int) -> dict[str, Any]:
    return query.params | more


def rows(segment="", *, scope=EVERYTHING, kind="safety", list_id=None, cutoff=None):
    """The recipients of an audience by reference, as the enlister reads them: sliced."""
    cutoff = cutoff or datetime.now(UTC) + timedelta(minutes=1)
    query = recipients(Audience(segment, list_id), scope=scope, kind=kind, cutoff=cutoff)
    held: dict[int, dict[str, Any]] = {}
    after = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(SLICE.format(query.sql), _with(query, after=after, n=7))
            assert tuple(column.name for column in cursor.description) == COLUMNS
            page = [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]
            if not page:
                break
            after = page[-1]["contact_id"]
            held |= {row["contact_id"]: row for row in page}
    references = dict(Contact.objects.values_list("pk", "reference"))
    return {references[id_]: row for id_, row in held.items()}


@pytest.mark.parametrize(
    ("segment", "people"),
    [
        ("role = employee", "dilek emma mina"),
        ("role in (media, clinician)", "kavita leila"),
        ("role = employee and not tag = contractor", "emma mina"),
        ("region in EU and role = customer", "ana camille greta nobody stopped"),
        ("region = 419", "bruno"),
        ("region = US-CA", "omar"),
        ("region in (US-NY, DE)", "quinn rosa greta"),
        ("language = fa", "farid mina"),
        ("language = prs", "farid"),
        ("reads = fa", "farid mina"),
        ("language = en", "emma quinn stopped"),
        ("reads = en", "ana emma kavita quinn stopped"),
        ("language = zh-Hant", "pei"),
        ("language = zh-Hans", "jia"),
        ("language = zh", "jia pei"),
        ("language = none", "nobody omar"),
        ("language in (none, ja)", "nobody omar hana"),
        ('attr.store = "12"', "bruno"),
        ('attr.store != "12" and role = distributor', "ivan"),
        ("culture = indirect", "hana mina"),
        ("confirmed = never", "farid ivan nobody stopped"),
        ("confirmed < 2026-01-01", "camille hana"),
        ("confirmed >= 2026-09-09", "dilek emma"),
        ("confirmed > 2026-09-09", "emma"),
        ("confirmed <= 2024-02-29", "hana"),
        ("tag = '", None),
    ],
)
def test_a_segment_finds_its_people(cast, segment, people):
    """The grammar means what it says."""
    assert cast
    if people is None:
        with pytest.raises(Refused, match="segment_letter"):
            rows(segment)
    else:
        assert set(rows(segment)) == set(people.split())


def holds(tree, person):
    """What a tree means, told a second time in plain Python."""
    match tree:
        case segments.Everyone():
            return True
        case segments.Not(of):
            return not holds(of, person)
        case segments.All(of):
            return all(holds(part, person) for part in of)
        case segments.Any(of):
            return any(holds(part, person) for part in of)
    return any(_holds_one(tree, value, person) for value in tree.values)


def _holds_one(is_, value, person):  # noqa: C901, PLR0911  (one line a field)
    def speaks(tag):
        spelled = tag in languages.spellings(value) or tag.startswith(f"{value}-")
        return tag == "" if value == "none" else spelled

    match is_.name:
        case "role":
            return value in person.roles
        case "tag":
            return value in person.tags
        case "culture":
            return value == person.culture
        case "region" if value == "none":
            return person.region == ""
        case "region" if value == "own:nordics":
            return person.region[:2] in {"SE", "GB"}
        case "region":
            return territories.expand(value).holds(person.region)
        case "language":
            return speaks((person.languages or [""])[0])
        case "reads":
            return any(map(speaks, person.languages or [""]))
        case "confirmed":
            return _confirmed(is_.sign, value, person.confirmed_at)
    return person.attributes.get(is_.name.removeprefix("attr."), "") == value


def _confirmed(sign, value, moment):
    if moment is None:
        return False
    day, wanted = moment.astimezone(UTC).date(), date.fromisoformat(value)
    return {"<": day < wanted, "<=": day <= wanted, ">": day > wanted, ">=": day >= wanted}[sign]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(TREES)
def test_the_query_means_what_the_tree_means(cast, tree):
    """For any sentence PostgreSQL finds exactly the people whom plain Python finds."""
    assert cast
    if not OwnRegion.objects.exists():
        define("nordics", title="Nordics", parts=["SE", "GB"])
    people = Contact.objects.filter(forgotten_at=None)
    text = segments.render(tree)
    assert set(WORDS.roles) <= set(reach.vocabulary().roles)
    if "\x00" in text:
        return
    assert set(rows(text)) == {p.reference for p in people if holds(tree, p)}


def key_of(address_id):
    return Address.objects.get(pk=address_id).key


def test_a_row_has_the_first_usable_address_of_each_channel(cast):
    """Key and id of the usable ones; the reason where there is none."""
    kavita = rows("role = clinician")["kavita"]
    assert kavita["contact_id"] == cast["kavita"]
    assert (kavita["region"], kavita["country"]) == ("IN-DL", "IN")
    assert kavita["languages"] == ["hi", "en"]
    assert kavita["time_zone"] == "Asia/Kolkata"
    assert (key_of(kavita["sms_id"]), kavita["sms_block"]) == ("+915000000001", None)
    assert (key_of(kavita["email_id"]), kavita["email_block"]) == ("kavita@example.com", None)
    assert (kavita["push_id"], kavita["push_block"]) == (None, "no_address")


def test_a_dead_number_gives_way_to_the_next(cast):
    """The second number is used; when that is dead too, dead is the reason."""
    assert cast
    first = rows("role = clinician")["kavita"]["sms_id"]
    Address.objects.filter(pk=first).update(dead_at=datetime.now(UTC))
    kavita = rows("role = clinician")["kavita"]
    assert key_of(kavita["sms_id"]) == "+915000000002"
    Address.objects.filter(pk=kavita["sms_id"]).update(dead_at=datetime.now(UTC))
    kavita = rows("role = clinician")["kavita"]
    assert (kavita["sms_id"], kavita["sms_key"], kavita["sms_block"]) == (None, None, "dead")


@pytest.mark.parametrize(
    ("kind", "who", "blocks"),
    [
        ("safety", "greta", ("opted_out", None, "no_address")),
        ("news", "greta", ("opted_out", "no_consent", "no_address")),
        ("news", "ana", ("no_consent", None, "no_address")),
        ("safety", "camille", (None, None, "no_address")),
        ("news", "camille", ("no_consent", "opted_out", "no_address")),
        ("safety", "stopped", ("opted_out", "opted_out", "no_address")),
        ("service", "nobody", ("no_address", "no_address", "no_address")),
    ],
)
def test_each_block_has_its_reason(cast, kind, who, blocks):
    """What a person said about a kind of message holds for that kind; news needs a yes."""
    assert cast
    row = rows("everyone", kind=kind)[who]
    assert (row["sms_block"], row["email_block"], row["push_block"]) == blocks


def test_a_scope_hides_everybody_else(cast):
    """A lead for the EU reaches nobody in Brazil, nor anybody whose region is not known."""
    assert cast
    seen = rows("everyone", scope=Scope(("EU",)))
    assert set(seen) == {"ana", "camille", "greta", "nobody", "stopped"}
    assert not rows("region = BR", scope=Scope(("EU",)))
    assert not rows("everyone", scope=Scope(()))


def test_own_regions_are_scopes_and_words(cast):
    """`own:iberia` is what the organisation says it is."""
    assert cast
    define("iberia", title="Iberia", parts=["es", "PT"])
    assert set(rows("region = own:iberia")) == {"ana"}
    assert set(rows("everyone", scope=Scope(("own:iberia", "BR")))) == {"ana", "bruno"}
    with pytest.raises(Refused, match="segment_region"):
        rows("region = own:iberian")


def test_people_of_a_private_list_are_in_no_segment(load, cast):
    """A list is reached by its id alone, or together with a segment."""
    assert cast
    list_id = make_list("Affected")
    assert load("phone,name\n+442079460001,Una\n", list_id=list_id).applied
    assert "sms:+442079460001" not in rows("everyone")
    assert set(rows(list_id=list_id)) == {"sms:+442079460001"}
    assert set(rows("role = media", list_id=list_id)) == {"sms:+442079460001", "leila"}


def test_who_comes_after_the_cut_off_is_not_in_it(cast):
    """A launch freezes its audience in time."""
    assert cast
    assert not rows("everyone", cutoff=datetime.now(UTC) - timedelta(hours=1))


def test_the_forgotten_are_in_nothing(cast):
    """Not even in everyone."""
    rights.forget(cast["ana"], scope=EVERYTHING)
    assert len(rows("everyone")) == len(cast) - 1


@pytest.mark.parametrize(
    ("audience", "kind", "code"),
    [
        (Audience(), "safety", "audience_empty"),
        (Audience("  "), "safety", "audience_empty"),
        (Audience("everyone"), "gossip", "kind_unknown"),
        (Audience("role = boss"), "safety", "segment_role"),
    ],
)
def test_what_is_no_audience_is_refused(db, audience, kind, code):
    """An empty audience is an error and not everybody."""
    assert db is None
    with pytest.raises(Refused, match=f"contacts.{code}"):
        recipients(audience, scope=EVERYTHING, kind=kind, cutoff=datetime.now(UTC))


def test_counts_add_up(cast):
    """By region, by language and by reachability the people of a preview are the same people."""
    found = count(Audience("everyone"), scope=EVERYTHING, kind="safety")
    assert found.total == len(cast) == len(rows("everyone"))
    assert sum(found.by_region.values()) == sum(found.by_language.values()) == found.total
    blocked = {name: n for name, n in found.blockers.items() if name != "no_language"}
    assert blocked == {"opted_out": 1, "no_address": 1}
    assert found.reachable + sum(blocked.values()) == found.total
    assert found.blockers["no_language"] == found.by_language[""] == 2
    assert found.by_channel["push"] == 2
    assert found.outside_scope == 0


@pytest.mark.parametrize("few", [1, 3, 10])
def test_a_preview_says_how_many_lie_outside(cast, monkeypatch, few: int):
    """Not targeted, and counted in tens: what fits one stranger alone says nothing of them."""
    monkeypatch.setattr(crowds, "FEW", few)
    found = count(Audience("role = customer"), scope=Scope(("EU",)), kind="safety")
    inside = rows("role = customer", scope=Scope(("EU",)))
    assert found.total == len(inside)
    outside = len(rows("role = customer")) - len(inside)
    assert found.outside_scope == outside // few * few
    assert 3 <= outside < 10
    assert cast


def test_doors_answer_for_every_address_asked(cast):
    """Allowed, opted out, replaced or erased: never silence."""
    address = {
        a.contact.reference + a.channel: a.pk for a in Address.objects.select_related("contact")
    }
    Address.objects.filter(pk=address["quinnsms"]).update(retired_at=datetime.now(UTC))
    rights.forget(cast["ivan"], scope=EVERYTHING)
    asked = [address[name] for name in ("anaemail", "gretasms", "quinnsms", "ivansms")]
    found = doors([*asked, 0], kind="safety")
    assert [found[id_].refusal for id_ in asked] == ["", "opted_out", "replaced", "erased"]
    assert found[asked[0]] == reach.Door(asked[0], cast["ana"], "ana@example.com", "Ana Peña", "")
    assert found[0].refusal == found[asked[3]].refusal == "erased"
    assert (found[asked[3]].value, found[asked[3]].name) == ("", "")
    assert doors(asked[:1], kind="news")[asked[0]].refusal == ""
    assert doors([], kind="safety") == {}


MANY = """
    insert into contacts_contact (reference, name, region, country, languages, roles, tags,
        culture, time_zone, attributes, created_at)
    select i, '', 'DE', 'DE', '{de}', '{customer}', '{}', '', '', '{}', now()
    from generate_series(1, 20000) i;
    insert into contacts_address (contact_id, channel, key, value, position, created_at)
    select id, 'sms', id, id, 0, now() from contacts_contact;
    analyze contacts_contact, contacts_address, contacts_consent, contacts_suppression
"""


@pytest.mark.parametrize(
    "segment", ["everyone", "role = customer and region in 150 and language = de"]
)
def test_a_slice_walks_the_index(db, segment):
    """Where it ends is read off the primary key; then only what lies between two ids is read."""
    assert db is None
    when = datetime.now(UTC) + timedelta(minutes=1)
    query = recipients(Audience(segment), scope=Scope(("150",)), kind="safety", cutoff=when)
    with connection.cursor() as cursor:
        cursor.execute(MANY)
        ends = SLICE.format(query.sql).replace("select *", "select contact_id")
        cursor.execute("explain " + ends, _with(query, after=5, n=500))
        plan = [line for (line,) in cursor.fetchall()]
        cursor.execute("select min(contact_id), min(contact_id) + 500 from contacts_address")
        after, upto = cursor.fetchone()
        window = {"reach_after": after, "reach_upto": upto}
        told: dict[str, Any] = {**query.params, **window}
        cursor.execute(f"explain {query.sql}", told)
        whole = "\n".join(line for (line,) in cursor.fetchall())
    assert plan[0].startswith("Limit")
    assert "Index Scan using contacts_contact_pkey on contacts_contact c" in plan[1]
    assert "contacts_address" not in "\n".join(plan)
    assert "Seq Scan on contacts_address" not in whole
    assert "Seq Scan on contacts_contact" not in whole


def test_who_shares_an_address_is_known_when_it_is_written(cast):
    """Both know of it, whoever came second, and those with addresses of their own are not asked."""
    assert cast
    first, second = (Contact.objects.create(
        reference=name, name="", region="DE", country="DE", languages=[], roles=[], tags=[],
        culture="", time_zone="", attributes={},
    ) for name in ("first", "second"))  # fmt: skip
    own = {"channel": "sms", "value": "+491713920099", "position": 0}
    Address.objects.create(contact=first, key="+491713920099", **own)
    assert not Address.objects.get(contact=first).shared
    Address.objects.create(contact=second, key="+491713920099", **own)
    assert set(Address.objects.filter(shared=True).values_list("contact__reference", flat=True)) >= {
        "first", "second"
    }  # fmt: skip
    found = rows("everyone")
    assert [found[name]["sms_key"] for name in ("first", "second")] == ["+491713920099"] * 2
    assert found["first"]["sms_shared"]
    assert (found["kavita"]["sms_key"], found["kavita"]["sms_shared"]) == (None, False)
