"""Segments that are kept under a name: made, changed, deleted, counted while one writes."""

from typing import Any, Final

from django.db import OperationalError, connection, transaction
from django.utils.text import slugify

from contacts import segments
from contacts.errors import Refused
from contacts.models import Segment
from contacts.reach import Audience, people, vocabulary
from contacts.regions import Scope
from contacts.territories import WORLD

COUNTED: Final = 1_000
_PATIENCE: Final = "3s"


def canonical(text: str) -> str:
    """The sentence as it is kept. Raises `contacts.segment_*`."""
    return segments.render(segments.parse(text, words=vocabulary()))


def find(key: str) -> Segment:
    """A saved segment. Raises `contacts.segment_unknown`."""
    found = Segment.objects.filter(key=key).first()
    if found is None:
        raise Refused("contacts.segment_unknown", value=key)
    return found


def create(title: str, text: str, *, scope: Scope) -> Segment:
    """Keep a sentence under a new name, made from the title; it belongs to the keeper's regions.

    Raises `contacts.segment_taken` when the title gives a name that is there, and
    `contacts.segment_*`.
    """
    key = slugify(title)[:60] or f"segment-{Segment.objects.count() + 1}"
    held = {"title": title, "text": canonical(text), "regions": _owned(scope)}
    made, new = Segment.objects.get_or_create(key=key, defaults=held)
    if not new:
        raise Refused("contacts.segment_taken", value=key)
    return made


def keep(key: str, *, title: str, text: str, scope: Scope) -> None:
    """The same under a name of one's choice; changes what is there. Raises as `change` does."""
    held = {"title": title, "text": canonical(text), "regions": _owned(scope)}
    if not Segment.objects.get_or_create(key=key, defaults=held)[1]:
        change(key, title=title, text=text, scope=scope)


def may_change(segment: Segment, *, scope: Scope) -> bool:
    """Whether all regions to which it belongs lie inside the scope."""
    return scope.covers(segment.regions)


def change(key: str, *, title: str, text: str, scope: Scope) -> None:
    """Another title or sentence under the same name.

    Raises `contacts.segment_not_yours`, `contacts.segment_*`.
    """
    held = _mine(key, scope)
    Segment.objects.filter(pk=held.pk).update(title=title, text=canonical(text))


def delete(key: str, *, scope: Scope) -> bool:
    """Take a name away; alerts hold the sentence itself and are not touched.

    Raises `contacts.segment_not_yours`, `contacts.segment_unknown`.
    """
    return bool(Segment.objects.filter(pk=_mine(key, scope).pk).delete()[0])


def _mine(key: str, scope: Scope) -> Segment:
    held = find(key)
    if not may_change(held, scope=scope):
        raise Refused("contacts.segment_not_yours", title=held.title)
    return held


def _owned(scope: Scope) -> list[str]:
    return [WORLD] if scope.regions is None else list(scope.regions)


def count(text: str, *, scope: Scope, most: int = COUNTED) -> int | None:
    """How many people a sentence means, up to `most` + 1; None when that takes too long to tell.

    Raises `contacts.segment_*`, `contacts.audience_empty`.
    """
    such = people(Audience(segment=text), scope=scope)
    sql = f"select count(*) from (select from contacts_contact c where {such.sql} limit %(most)s) p"  # noqa: S608
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('statement_timeout', %s, true)", [_PATIENCE])
            params: dict[str, Any] = {**such.params, "most": most + 1}
            cursor.execute(sql, params)
            row = cursor.fetchone()
    except OperationalError:  # the server's patience is over
        return None
    return int(row[0]) if row else 0
