"""What people may ask of those who keep their addresses: show me, correct me, forget me.

Forgetting takes the identity, the addresses and what was said, and leaves the bare id, so that
sums of what was sent stay true. A digest of each address stays suppressed (`keep_out`), so that an
old spreadsheet cannot bring the person back unasked. Deliveries hold ids, never addresses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models.functions import Now

from contacts import staging
from contacts.errors import Refused
from contacts.headings import FIELDS, SEVERAL, Header
from contacts.importing import house
from contacts.models import Address, AdHocList, Consent, Contact
from contacts.regions import Scope
from contacts.rows import Refusal, check


@dataclass(frozen=True, slots=True)
class HeldAddress:
    """One address and its marks."""

    address_id: int
    channel: str
    value: str
    created_at: datetime
    dead_at: datetime | None
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """One word of consent; `kind` '' is every kind."""

    channel: str
    kind: str
    granted: bool
    source: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """All that is known of one person."""

    contact_id: int
    list_id: int | None
    reference: str
    name: str
    region: str
    languages: tuple[str, ...]
    roles: tuple[str, ...]
    tags: tuple[str, ...]
    culture: str
    time_zone: str
    attributes: Mapping[str, str]
    confirmed_at: datetime | None
    created_at: datetime
    addresses: tuple[HeldAddress, ...]
    said: tuple[Said, ...]


def show(contact_id: int, *, scope: Scope) -> Held:
    """Everything about one person. Raises `contacts.contact_unknown`, also outside the scope."""
    contact = _visible(contact_id, scope)
    addresses = Address.objects.filter(contact=contact).order_by("channel", "position", "id")
    said = Consent.objects.filter(contact=contact).order_by("id")
    return Held(
        contact_id=contact.pk,
        list_id=contact.list_id,
        reference=contact.reference,
        name=contact.name,
        region=contact.region,
        languages=tuple(contact.languages),
        roles=tuple(contact.roles),
        tags=tuple(contact.tags),
        culture=contact.culture,
        time_zone=contact.time_zone,
        attributes=contact.attributes,
        confirmed_at=contact.confirmed_at,
        created_at=contact.created_at,
        addresses=tuple(
            HeldAddress(a.pk, a.channel, a.value, a.created_at, a.dead_at, a.retired_at)
            for a in addresses
        ),
        said=tuple(Said(c.channel, c.kind, c.granted, c.source, c.said_at) for c in said),
    )


def find(reference: str, *, scope: Scope, list_id: int | None = None) -> int:
    """The contact id of an outside reference. Raises `contacts.contact_unknown`."""
    people = Contact.objects.filter(reference=reference, list_id=list_id, forgotten_at=None)
    contact_id = people.values_list("pk", flat=True).first()
    if contact_id is None:
        raise Refused("contacts.contact_unknown")
    return int(_visible(contact_id, scope).pk)


def correct(contact_id: int, *, scope: Scope, fields: Mapping[str, str]) -> tuple[Refusal, ...]:
    """Write some fields of one person, as one row of a spreadsheet would: same rules, same words.

    `fields` is field -> text (`contacts.headings.FIELDS`, or `attr.NAME`); several numbers in one
    text are parted by `;`. The country that the person has helps to read a phone. Gives what is
    wrong, in which case nothing is written; a person may not be moved out of the scope.
    Raises `contacts.contact_unknown`, `contacts.field_unknown`, `contacts.reference_taken`.
    """
    contact = _visible(contact_id, scope)
    unknown = [f for f in fields if f not in _CORRECTED and not f.startswith("attr.")]
    if unknown:
        raise Refused("contacts.field_unknown", field=unknown[0], known=", ".join(_CORRECTED))
    named = ("reference", *fields)
    header = Header(line=0, headings=named, fields=named)
    row = [contact.reference, *fields.values()]
    known = house(scope, country=contact.country, list_id=contact.list_id)
    person = check(1, row, header=header, house=known)
    if isinstance(person, list):
        return tuple(person)
    with transaction.atomic():
        staging.prepare()
        staging.stage([person], [], source=0)
        staging.apply(header, list_id=contact.list_id)
    return ()


# The outside reference is how other systems find the person: it is not corrected here.
_CORRECTED: Final[Sequence[str]] = tuple(field for field in FIELDS if field != "reference")
assert set(SEVERAL) < set(_CORRECTED)


def forget(contact_id: int, *, scope: Scope, keep_out: bool = True) -> None:
    """Erase one person; the id stays. Raises `contacts.contact_unknown`."""
    contact = _visible(contact_id, scope)
    with transaction.atomic():
        _erase("c.id = %(id)s", contact.pk, keep_out=keep_out)


def forget_list(list_id: int, *, scope: Scope) -> list[int]:
    """Erase a private list and its people; their ids. Their addresses are free to be used again.

    Raises `contacts.list_unknown`, and `contacts.list_outside` when somebody in it is not in the
    scope: a list is erased whole or not at all.
    """
    with transaction.atomic():
        lists = AdHocList.objects.filter(pk=list_id, erased_at=None)
        if not lists.update(erased_at=Now(), name=""):
            raise Refused("contacts.list_unknown", list=list_id)
        people = Contact.objects.filter(list_id=list_id, forgotten_at=None)
        territory = scope.territory()
        if not all(map(territory.holds, people.values_list("region", flat=True).distinct())):
            raise Refused("contacts.list_outside", list=list_id)
        ids = list(people.values_list("pk", flat=True))
        _erase("c.list_id = %(id)s", list_id, keep_out=False)
        return ids


_KEEP_OUT: Final = """
    insert into contacts_suppression (channel, digest, reason, source, created_at)
    select distinct a.channel, sha256(convert_to(a.key, 'UTF8')), 'erased', 'rights',
        statement_timestamp()
    from contacts_address a join contacts_contact c on c.id = a.contact_id
    where {who} and not exists (
        select from contacts_address b join contacts_contact o on o.id = b.contact_id
        where b.key = a.key and b.channel = a.channel and b.retired_at is null
          and b.contact_id <> c.id and o.list_id is null)
    on conflict (digest, channel) do nothing
"""
_FORGET: Final = """
    update contacts_contact c set forgotten_at = statement_timestamp(), reference = '', name = '',
        region = '', country = '', languages = '{{}}', roles = '{{}}', tags = '{{}}', culture = '',
        time_zone = '', attributes = '{{}}', confirmed_at = null
    where {who} and c.forgotten_at is null
"""


def _erase(who: str, id_: int, *, keep_out: bool) -> None:
    """Erase the people of a condition.

    An address that another person of the registry also has (a family's phone) is not kept out.
    """
    people = f"select c.id from contacts_contact c where {who}"  # noqa: S608  (constants of this module)
    with connection.cursor() as cursor:
        if keep_out:
            cursor.execute(_KEEP_OUT.format(who=who), {"id": id_})
        for table in ("contacts_consent", "contacts_address"):
            cursor.execute(f"delete from {table} where contact_id in ({people})", {"id": id_})  # noqa: S608
        cursor.execute(_FORGET.format(who=who), {"id": id_})


def _visible(contact_id: int, scope: Scope) -> Contact:
    """A person inside the scope who has not been forgotten."""
    contact = Contact.objects.filter(pk=contact_id, forgotten_at=None).first()
    if contact is None or not scope.territory().holds(contact.region):
        raise Refused("contacts.contact_unknown")
    return contact
