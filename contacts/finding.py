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

from django.db import connection

from contacts import addresses, languages, territories
from contacts.conditions import Condition
from contacts.errors import Refused
from contacts.regions import Scope, expand

MOST: Final = 50
"""People on a page."""
COUNTED: Final = 1_000
"""Beyond so many, "more" is said."""
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
# All of the name first, then the rest: the planner takes every beginning of a word for one name in
# fifty, and would rather compute the words of a million names until a page is full.
_NAMED: Final = """
    (select c.id from (
        select * from contacts_contact n where n.forgotten_at is null and {known} offset 0
     ) c where c.id > %(after)s and {such} order by c.id limit %(most)s)
"""
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


def find(wanted: Wanted, *, scope: Scope, most: int = MOST) -> Page:
    """One page of the people inside the scope.

    Raises `contacts.region_unknown`, `contacts.language_unknown`.
    """
    ids, params = _ids(wanted, scope)
    rows = _rows(_PEOPLE.format(ids=ids), {**params, "after": wanted.after, "most": most + 1})
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


def count(wanted: Wanted, *, scope: Scope, most: int = COUNTED) -> int:
    """How many there are, up to `most` + 1: that means more."""
    ids, params = _ids(replace(wanted, after=0), scope)
    sql = f"select count(*) from ({ids}) found"  # noqa: S608  (the text is this module's)
    return int(_rows(sql, {**params, "after": 0, "most": most + 1})[0][0])


def _ids(wanted: Wanted, scope: Scope) -> tuple[str, dict[str, Any]]:
    """The ids of one page as SQL: the people of each way of knowing them, put together."""
    condition = Condition()
    such = _such(wanted, scope, condition)
    ways = _ways(wanted, scope, condition)
    pages = [_page(known).format(such=such, known=known) for known in ways]
    union = " union ".join(pages)
    return f"select id from ({union}) ways order by id limit %(most)s", condition.params  # noqa: S608


def _page(known: str) -> str:
    """The statement for one way of knowing somebody."""
    if known.startswith("contacts_words"):
        return _NAMED
    return _ADDRESSED if "a.key" in known else _IDS


def _such(wanted: Wanted, scope: Scope, condition: Condition) -> str:
    """What holds for all of them: the scope and the filters."""
    parts = [condition.inside(scope.territory())]
    if wanted.role:
        parts.append(f"c.roles @> {condition.slot([wanted.role], cast='::varchar[]')}")
    if wanted.region:
        parts.append(condition.inside(expand([wanted.region])))
    if wanted.language:
        tag = languages.tag(wanted.language)
        first = condition.slot(tag.partition("-")[0], cast="::text")
        parts.append(f"split_part(coalesce(c.languages[1], ''), '-', 1) = {first}")
        if "-" in tag:
            parts.append(condition.reads([tag]))
    if wanted.state:
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
        return ["true"]
    ways = []
    if words := _words(text):
        ways.append(f"contacts_words(n.name) @@ {condition.slot(words, cast='::tsquery')}")
    spelt = {text, text.upper(), text.lower()}
    ways.append(_begins("c.reference", sorted(spelt), condition))
    if _MAIL.fullmatch(text):
        ways.append(_begins("a.key", [text.casefold()], condition) + " and a.channel = 'email'")
    keys, begins = _phones(text, scope)
    if keys:
        held = condition.slot(keys, cast="::text[]")
        ways.append(f"a.key = any({held}) and a.channel = 'sms'")
    if begins:
        ways.append(_begins("a.key", begins, condition) + " and a.channel = 'sms'")
    return ways


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
