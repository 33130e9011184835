"""Who speaks, when all that is known is the address: a reply comes from a number, not a person."""

import hashlib
from dataclasses import dataclass

from django.db.models import F

from contacts import consent
from contacts.models import Address, Suppression


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has, or had, the address; `languages` in order of preference (BCP 47)."""

    address_id: int
    contact_id: int
    languages: tuple[str, ...]


def holders(channel: str, key: str) -> list[Holder]:
    """All who have the address; those who have it no more come last."""
    rows = (
        Address.objects.filter(channel=channel, key=key)
        .order_by(F("retired_at").asc(nulls_first=True), "contact_id")
        .values_list("id", "contact_id", "contact__languages")
    )
    return [Holder(id_, contact_id, tuple(languages)) for id_, contact_id, languages in rows]


def stop(channel: str, key: str, *, source: str) -> None:
    """STOP from an address, also one that nobody has: it may be in tomorrow's spreadsheet."""
    if held := holders(channel, key):
        consent.opt_out(held[0].address_id, source=source)
        return
    Suppression.objects.bulk_create(
        [Suppression(channel=channel, digest=_digest(key), reason=consent.STOPPED, source=source)],
        ignore_conflicts=True,
    )


def start(channel: str, key: str, *, source: str) -> None:
    """START from an address: takes its STOP back, and nothing that others have suppressed."""
    if held := holders(channel, key):
        consent.opt_in(held[0].address_id, source=source)
        return
    Suppression.objects.filter(
        channel=channel, digest=_digest(key), reason=consent.STOPPED
    ).delete()


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
