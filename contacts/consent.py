"""The only door in for what the road learns of people: opt-outs, dead addresses, complaints.

Who may be told what:

1. A *consent* is a person's word about a channel and a kind of message ('' is every kind). The
   latest word that covers the kind holds: STOP blocks all kinds, safety too, because the carrier
   would refuse them; a later START allows all; a later yes to news allows news alone.
2. Without any word safety and service may be sent, news may not (`reach.KINDS`).
3. A *suppression* is about the address, whoever it belongs to, and outlives people and
   spreadsheets. STOP writes both: the word for everybody who has that address now, and the
   suppression for those who bring it tomorrow.
4. A *dead* address (no such number, token gone) is skipped; the next one in order is taken.

All of it acts on address ids, which is what the road holds, and on all rows of the same address.
"""

from collections.abc import Iterable
from typing import Final

from django.db import connection, transaction

from contacts.errors import Refused
from contacts.models import Channel
from contacts.reach import KINDS

EVERY_KIND: Final = ""
STOPPED: Final = "opted_out"

# Everybody who has one of the given addresses; forgotten people have none.
_SAME: Final = """
    select distinct b.id, b.contact_id, b.channel, b.key
    from contacts_address a join contacts_address b on b.key = a.key and b.channel = a.channel
    where a.id = any(%(ids)s::bigint[])
"""
_SAY: Final = f"""
    insert into contacts_consent (contact_id, channel, kind, granted, source, said_at)
    select distinct contact_id, channel, %(kind)s, %(granted)s, %(source)s, statement_timestamp()
    from ({_SAME}) same
    where not exists (
        select from (
            select k.kind, k.granted from contacts_consent k
            where k.contact_id = same.contact_id and k.channel = same.channel
            order by k.id desc limit 1
        ) last where last.kind = %(kind)s and last.granted = %(granted)s
    )
"""  # noqa: S608  (constants of this module, here and below)
_SUPPRESS: Final = f"""
    insert into contacts_suppression (channel, digest, reason, source, created_at)
    select distinct channel, sha256(convert_to(key, 'UTF8')), %(reason)s, %(source)s,
        statement_timestamp()
    from ({_SAME}) same
    on conflict (digest, channel) do nothing
"""  # noqa: S608
_RELEASE: Final = f"""
    delete from contacts_suppression s using ({_SAME}) same
    where s.channel = same.channel and s.digest = sha256(convert_to(same.key, 'UTF8'))
      and s.reason = %(reason)s
"""  # noqa: S608
_KILL: Final = f"""
    update contacts_address a set dead_at = statement_timestamp()
    from ({_SAME}) same where a.id = same.id and a.dead_at is null
"""  # noqa: S608
_REVIVE: Final = f"""
    update contacts_address a set dead_at = null
    from ({_SAME}) same where a.id = same.id and a.dead_at is not null
"""  # noqa: S608
_PERSON: Final = """
    insert into contacts_consent (contact_id, channel, kind, granted, source, said_at)
    select %(contact)s, channel, %(kind)s, %(granted)s, %(source)s, statement_timestamp()
    from unnest(%(channels)s::text[]) channel
"""


def opt_out(address_id: int, *, source: str, kind: str = EVERY_KIND) -> int:
    """STOP at an address: no message of a kind (every kind when '') by this channel.

    Counts the people for whom that is new: two who share a phone share its STOP, and the same
    word twice in a row is written once. `source` says where it was heard (`sms:STOP`).
    Raises `contacts.kind_unknown`.
    """
    _check(kind)
    with transaction.atomic():
        if kind == EVERY_KIND:
            _run(_SUPPRESS, [address_id], reason=STOPPED, source=source)
        return _run(_SAY, [address_id], kind=kind, granted=False, source=source)


def opt_in(address_id: int, *, source: str, kind: str = EVERY_KIND) -> int:
    """START at an address: takes a STOP back, or allows a kind. Counts the people.

    Complaints and what operators suppressed stay. Raises `contacts.kind_unknown`.
    """
    _check(kind)
    with transaction.atomic():
        _run(_RELEASE, [address_id], reason=STOPPED)
        return _run(_SAY, [address_id], kind=kind, granted=True, source=source)


def say(contact_id: int, *, channel: str, kind: str, granted: bool, source: str) -> None:
    """A person's word from elsewhere (a form, a letter), about one channel or, with '', all."""
    _check(kind)
    channels = [channel] if channel else Channel.values
    with connection.cursor() as cursor:
        cursor.execute(
            _PERSON,
            {
                "contact": contact_id,
                "channels": channels,
                "kind": kind,
                "granted": granted,
                "source": source,
            },
        )


def block(address_ids: Iterable[int], *, reason: str, source: str) -> int:
    """Never use these addresses again, whoever has them; counts the new suppressions.

    `reason` is a word for the report, such as `complaint` or `operator`.
    """
    return _run(_SUPPRESS, address_ids, reason=reason, source=source)


def mark_dead(address_ids: Iterable[int]) -> int:
    """No such number, mailbox or device (the carrier says so for good); counts the rows marked."""
    return _run(_KILL, address_ids)


def revive(address_ids: Iterable[int]) -> int:
    """Somebody confirmed that these addresses work again; counts the rows."""
    return _run(_REVIVE, address_ids)


def _check(kind: str) -> None:
    if kind not in {EVERY_KIND, *KINDS}:
        raise Refused("contacts.kind_unknown", kind=kind, known=", ".join(KINDS))


def _run(sql: str, address_ids: Iterable[int], **params: str | bool) -> int:
    """One statement about addresses; counts the rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": list(address_ids), **params})
        return int(cursor.rowcount)
