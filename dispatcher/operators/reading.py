"""Reading the journal by who, what, about and when; a page begins below the last one's end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from dispatcher.operators.models import JournalEntry


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines; empty fields ask for nothing."""

    who: str = ""
    """User name; "-" is the program itself."""
    what: str = ""
    """`room.did`, or a room: `alerts`."""
    about: str = ""
    """`kind:id`, or a kind: `alert`."""
    since: datetime | None = None
    until: datetime | None = None
    """The moment after the last one wanted."""


def lines(wanted: Wanted, *, most: int, before: int | None = None) -> list[JournalEntry]:
    """At most so many lines, older than the line `before`."""
    found = _found(wanted).order_by("-pk")
    return list((found.filter(pk__lt=before) if before else found)[:most])


def all_lines(wanted: Wanted) -> Iterator[JournalEntry]:
    """Every line, the oldest first, read as it is used."""
    return _found(wanted).order_by("pk").iterator(chunk_size=2000)


def of_operator(user_id: int, *, most: int) -> list[JournalEntry]:
    """What was last done to an operator's account, by anybody."""
    return lines(Wanted(about=f"operator:{user_id}"), most=most)


def _found(wanted: Wanted) -> QuerySet[JournalEntry]:
    found = JournalEntry.objects.all()
    if wanted.who:
        found = found.filter(who="" if wanted.who == "-" else wanted.who)
    if wanted.what:
        found = found.filter(Q(what=wanted.what) | Q(what__startswith=f"{wanted.what}."))
    if wanted.about:
        found = found.filter(Q(about=wanted.about) | Q(about__startswith=f"{wanted.about}:"))
    if wanted.since:
        found = found.filter(at__gte=wanted.since)
    if wanted.until:
        found = found.filter(at__lt=wanted.until)
    return found
