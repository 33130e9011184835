"""Finding people: by what one knows of them, page by page, inside the scope.

A name is found by the beginnings of its words in any order, without case or accents; an e-mail
address, a phone number and an outside reference by their beginning; a phone also as people dial it
at home. Each way has an index of its own, and each gives at most one page: no question reads the
registry (decision 0024).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from contacts import addresses, census, languages, territories
from contacts.conditions import Condition
from contacts.errors import Refused
from contacts.regions import Scope, expand

MOST: Final = 50
"""People on a page."""
COUNTED: Final = 1_000
"""Beyond so many, "more" is said, where they must be found to be counted."""
FEW: Final = 5_000
"""So many are found through indexes and sorted sooner than they are met on a walk."""
_PATIENCE: Final = 100
"""Milliseconds that counting may take; then it is not said how many there are."""
LACKS: Final = ("dead", "unconfirmed", "no_language", "unreachable")
"""What makes an entry of the registry stale."""
STATES: Final = (*LACKS, "sms", "email", "push", "opted_out")
"""By what the people may be filtered: a lack, a channel that works, or a word of refusal."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of the people who are looked for; '' is everything.

    `text` is a name, an e-mail address, a phone number or a reference, or their beginning.
    `region` is a CLDR code or an own region, `language` a BCP 47 tag that comes first for them,
    `state` one of STATES; `list_id` a private list. `after` is the last id of the page before.
    """

    text: str = ""
    role: str = ""
    region: str = ""
    language: str = ""
    state: str = ""
    list_id: int | None = None
    after: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """A person in a list; `channels` are those with an address that is not dead."""

    contact_id: int
    list_id: int | None
    reference: str
    name: str
    region: str
    languages: tuple[str, ...]
    roles: tuple[str, ...]
    confirmed_at: datetime | None
    channels: tuple[str, ...]
    dead: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some people in the order of their ids; `after` is 0 on the last page."""

    people: tuple[Seen, ...]
    after: int


_PEOPLE: Final = """
    select c.id, c.list_id, c.reference, c.name, c.region, c.languages, c.roles, c.confirmed_at,
        coalesce(held.channels, '{{}}'), coalesce(held.dead, false)
    from ({ids}) found join contacts_contact c on c.id = found.id
    left join lateral (
        select array_agg(distinct a.channel) filter (where a.dead_at is null) as channels,
            bool_or(a.dead_at is not null) as dead
        from contacts_address a where a.contact_id = c.id and a.retired_at is null
    ) held on true
    order by c.id
"""
_IDS: Final = """
    (select c.id from contacts_contact c
     where c.forgotten_at is null and c.id > %(after)s and {such} and {known}
     order by c.id limit %(most)s)
"""
# All who are known so first, then the rest: the planner takes every beginning of a word for one
# name in fifty, and would rather compute the words of a million names until a page is full. So
# with references, whose order it takes for that of the ids.
_NAMED: Final = """
    (select c.id from (
        select * from contacts_contact n where n.forgotten_at is null and {known} offset 0
     ) c where c.id > %(after)s and {such} order by c.id limit %(most)s)
"""
# Few fit: all of them through the indexes, then sorted. Left to itself the planner walks the
# registry in the order of the ids until a page is full, as if they stood at even distances.
_FEW: Final = """
    (select c.id from (
        select * from contacts_contact c where c.forgotten_at is null and {such} offset 0
     ) c where c.id > %(after)s and {known} order by c.id limit %(most)s)
"""
# Half a country's phones begin alike: then a walk meets them soon. The offset keeps the planner
# from reading all those addresses first.
_ADDRESSED_ALIKE: Final = """
    (select c.id from contacts_contact c
     where c.forgotten_at is null and c.id > %(after)s and {such} and exists (
        select from contacts_address a where a.contact_id = c.id and {known} offset 0)
     order by c.id limit %(most)s)
"""
_CROWD: Final = "select 1 from {table} where {known} offset %(most)s limit 1"
_ADDRESSED: Final = """
    (select distinct c.id from contacts_address a join contacts_contact c on c.id = a.contact_id
     where c.forgotten_at is null and c.id > %(after)s and {such} and {known}
     order by c.id limit %(most)s)
"""
CONDITIONS: Final[Mapping[str, str]] = {
    "dead": "exists (select from contacts_address d where d.contact_id = c.id"
    " and d.dead_at is not null and d.retired_at is null)",
    "unconfirmed": "(c.confirmed_at is null or c.confirmed_at < now() - interval '1 year')",
    "no_language": "split_part(coalesce(c.languages[1], ''), '-', 1) = ''",
    "unreachable": "c.id in (select u.contact_id from contacts_unreachable u)",
    "opted_out": "exists (select from contacts_consent k where k.contact_id = c.id"
    " and not k.granted and not exists (select from contacts_consent l"
    " where l.contact_id = k.contact_id and l.channel = k.channel and l.id > k.id"
    " and l.granted and l.kind in ('', k.kind)))",
}
"""States of people as conditions on a contact `c`."""
_WORKS: Final = (
    "exists (select from contacts_address w where w.contact_id = c.id and w.channel = '{}'"
    " and w.retired_at is null and w.dead_at is null)"
)


@dataclass(frozen=True, slots=True)
class Counted:
    """So many people; `more`: at least so many."""

    people: int
    more: bool = False


def find(wanted: Wanted, *, scope: Scope, most: int = MOST) -> Page:
    """One page of the people inside the scope.

    Raises `contacts.region_unknown`, `contacts.language_unknown`.
    """
    asked = _ask(wanted, scope)
    if asked.known_of and not asked.known_of.people:
        return Page((), 0)
    params = {**asked.params, "after": wanted.after, "most": most + 1}
    rows = _rows(_PEOPLE.format(ids=asked.ids), params)
    people = tuple(map(_seen, rows[:most]))
    return Page(people, people[-1].contact_id if len(rows) > most else 0)


def _seen(row: Sequence[Any]) -> Seen:
    contact, of_list, reference, name, region, reads, roles, confirmed, channels, dead = row
    return Seen(
        contact_id=contact,
        list_id=of_list,
        reference=reference,
        name=name,
        region=region,
        languages=tuple(reads),
        roles=tuple(roles),
        confirmed_at=confirmed,
        channels=tuple(channels),
        dead=dead,
    )


def count(wanted: Wanted, *, scope: Scope, most: int = COUNTED) -> Counted | None:
    """How many there are: exactly where the census knows, else up to `most`; None: too many.

    Too many to look at within `_PATIENCE`, that is: a page does not wait for a figure.
    """
    asked = _ask(replace(wanted, after=0), scope)
    if asked.known_of and (asked.counted or not asked.known_of.people):
        return Counted(asked.known_of.people)
    sql = f"select count(*) from ({asked.ids}) found"  # noqa: S608  (the text is this module's)
    try:
        with transaction.atomic():
            [(usual,)] = _rows("select current_setting('statement_timeout')", {})
            _rows(_TIMEOUT, {"after": str(_PATIENCE)})
            found = int(_rows(sql, {**asked.params, "after": 0, "most": most + 1})[0][0])
            _rows(_TIMEOUT, {"after": usual})
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return None
    return Counted(min(found, most), more=found > most)


_TIMEOUT: Final = "select set_config('statement_timeout', %(after)s, true)"


@dataclass(frozen=True, slots=True)
class _Asked:
    """The ids of one page as SQL, and what the census says of the filters; None: nothing."""

    ids: str
    params: dict[str, Any]
    known_of: census.Counted | None
    counted: bool
    """Whether the census has counted exactly those who are wanted."""


def _ask(wanted: Wanted, scope: Scope) -> _Asked:
    """The people of each way of knowing them, put together."""
    condition = Condition()
    alike = _alike(wanted, scope, condition)
    known_of = None if wanted.list_id is not None else census.count(alike, condition.params)
    such = f"{alike}{_beside(wanted, condition)}"
    if known_of:
        first = condition.slot(known_of.first_id, cast="::bigint")
        last = condition.slot(known_of.last_id, cast="::bigint")
        such = f"{such} and c.id between {first} and {last}"
    few = known_of is not None and known_of.people <= FEW
    ways = _ways(wanted, scope, condition)
    pages = [_page(known, such, condition, few=few) for known in ways]
    union = " union ".join(pages)
    ids = f"select id from ({union}) ways order by id limit %(most)s"  # noqa: S608
    counted = ways == [EVERYBODY] and wanted.state in {"", "no_language"}
    return _Asked(ids, condition.params, known_of, counted)


def _page(known: str, such: str, condition: Condition, *, few: bool) -> str:
    """The statement for one way of knowing somebody."""
    if known == EVERYBODY:
        page = _FEW if few else _IDS
    elif "a.key" in known:
        crowd = "like" in known and _crowded("contacts_address a", known, condition)
        page = _ADDRESSED_ALIKE if crowd else _ADDRESSED
    elif "n.reference" in known and _crowded("contacts_contact n", known, condition):
        page, known = _IDS, known.replace("n.reference", "c.reference")
    else:
        page = _NAMED
    return page.format(such=such, known=known)


def _crowded(table: str, known: str, condition: Condition) -> bool:
    """Whether more than a few are known so: then a walk meets them soon."""
    told = {**condition.params, "most": FEW}
    return len(_rows(_CROWD.format(table=table, known=known), told)) > 0


def _alike(wanted: Wanted, scope: Scope, condition: Condition) -> str:
    """What the census knows of people, too: the scope, and all filters but two."""
    parts = [_inside(scope.territory(), condition)]
    if wanted.role:
        parts.append(f"c.roles @> {condition.slot([wanted.role], cast='::varchar[]')}")
    if wanted.region:
        parts.append(_inside(expand([wanted.region]), condition))
    if wanted.language:
        tag = languages.tag(wanted.language)
        first = condition.slot(tag.partition("-")[0], cast="::text")
        parts.append(f"split_part(coalesce(c.languages[1], ''), '-', 1) = {first}")
        if "-" in tag:
            parts.append(condition.reads([tag]))
    if wanted.state == "no_language":
        parts.append(CONDITIONS[wanted.state])
    return " and ".join(parts)


def _inside(territory: territories.Territory, condition: Condition) -> str:
    """As `Condition.inside`, in the words of the index of those who live in a part of a country."""
    parts = "c.region = any("
    return condition.inside(territory).replace(parts, f"position('-' in c.region) > 0 and {parts}")


def _beside(wanted: Wanted, condition: Condition) -> str:
    """What it does not know."""
    parts = [""]
    if wanted.state and wanted.state != "no_language":
        parts.append(CONDITIONS.get(wanted.state) or _WORKS.format(_channel(wanted.state)))
    if wanted.list_id is not None:
        parts.append(f"c.list_id = {condition.slot(wanted.list_id)}")
    return " and ".join(parts)


def _channel(state: str) -> str:
    if state not in STATES:
        raise Refused("contacts.state_unknown", value=state)
    return state


def _ways(wanted: Wanted, scope: Scope, condition: Condition) -> list[str]:
    """Each way in which the text may be meant, as a condition."""
    text = addresses.visible(wanted.text)
    if not text:
        return [EVERYBODY]
    ways = []
    if words := _words(text):
        ways.append(f"contacts_words(n.name) @@ {condition.slot(words, cast='::tsquery')}")
    spelt = {text, text.upper(), text.lower()}
    ways.append(_begins("n.reference", sorted(spelt), condition))
    if _MAIL.fullmatch(text):
        ways.append(_begins("a.key", [text.casefold()], condition) + " and a.channel = 'email'")
    keys, begins = _phones(text, scope)
    if keys:
        held = condition.slot(keys, cast="::text[]")
        ways.append(f"a.key = any({held}) and a.channel = 'sms'")
    if begins:
        ways.append(_begins("a.key", begins, condition) + " and a.channel = 'sms'")
    return ways


EVERYBODY: Final = "true"
"""Nothing is known of who is looked for."""
_MAIL: Final = re.compile(r"[^\s@]{3,}(@\S*)?|[^\s@]+@\S*")
_DIGITS: Final = re.compile(r"[\d\s().+/-]+")
_ENOUGH: Final = 3
"""Letters of a word below which it must be the whole word: a third of all names have one in m."""
_CJK: Final = 0x2E80
_FEWEST: Final = 5
"""Digits of a phone number below which half a country begins with them."""


def _words(text: str) -> str:
    """The words of a name as a question: each of them begins a word of it, or is one."""
    found = _rows("select tsvector_to_array(contacts_words(%(text)s))", {"text": _joined(text)})
    return " & ".join(f"'{word}'{':*' if _tells(word) else ''}" for word in found[0][0])


def _tells(word: str) -> bool:
    """Whether it is the beginning of few names: three letters are, and one of Chinese."""
    return len(word) >= _ENOUGH or ord(word[0]) >= _CJK


def _joined(text: str) -> str:
    """Without the joint of a Persian compound, and without the two signs that a query knows."""
    return text.replace("\u200c", "").replace("'", " ").replace("\\", " ")


def _begins(column: str, texts: Sequence[str], condition: Condition) -> str:
    """The column begins with one of them; what LIKE would read as a sign is a letter."""
    escaped = [re.sub(r"([\\%_])", r"\\\1", text) + "%" for text in texts]
    likes = " or ".join(f"{column} like {condition.slot(one)}" for one in escaped)
    return f"{column} <> '' and ({likes})"


def _phones(text: str, scope: Scope) -> tuple[list[str], list[str]]:
    """What digits may mean: whole numbers, and how a number may begin."""
    digits = addresses.plain(text)
    if not _DIGITS.fullmatch(digits):
        return [], []
    bare = re.sub(r"\D", "", digits)
    if len(bare) < _FEWEST:
        return [], []
    whole = {key for country in ("", *_countries(scope)) if (key := _phone(digits, country))}
    begins = [] if bare.startswith("0") and not bare.startswith("00") else ["+" + bare.lstrip("0")]
    return sorted(whole), begins


def _countries(scope: Scope) -> Sequence[str]:
    """The countries whose way of dialling may be meant."""
    territory = scope.territory()
    if territory.world:
        return sorted(territories.countries())
    return sorted(territory.countries | {code[:2] for code in territory.subdivisions})


def _phone(digits: str, country: str) -> str:
    try:
        return addresses.phone(digits, country=country).key
    except Refused:
        return ""


def _rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
