"""The journal: append-only lines of who did what, without anybody's address in them."""

import re
from collections.abc import Mapping

from dispatcher.operators.models import JournalEntry, User

# With an end: a run of n letters is walked 64 times, not n.
_MAIL = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']+")
_PHONE = re.compile(r"\b[0-9a-f]{32,}\b|\+?\d[\d\s().-]{7,}\d")
_HASH = 32
"""Letters from which on a run of hexadecimal digits is a fingerprint, and no phone number in it."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def note(who: User | None, what: str, about: str, **facts: object) -> None:
    """Append one line: `what` is `room.did`, `about` names the object as `kind:id`.

    Call it inside the transaction that does the thing. E-mail addresses and phone numbers in
    texts are blotted out; `who` None is the program itself.
    """
    JournalEntry.objects.create(
        who_id=who.pk if who else None,
        who=who.username if who else "",
        what=what,
        about=about,
        facts=blotted(facts),
    )


def blotted(value: object) -> object:
    """The value as JSON can hold it, addresses replaced."""
    if isinstance(value, Mapping):
        return {str(name): blotted(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [blotted(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _PHONE.sub(_blot_phone, _MAIL.sub("[mail]", str(value)))


def _blot_phone(match: re.Match[str]) -> str:
    """Dates are digits with hyphens too, and fingerprints hold long numbers: they stay."""
    told = match[0]
    return told if _DATE.match(told) or (told.isalnum() and len(told) >= _HASH) else "[phone]"
