"""A person's addresses as numbers: the least of a channel is the one to use. Text of SQL, pure.

A number is block (3 bits), position (15), id (42), how a push address begins (2), and whether
somebody else has the address too (1). Three numbers a person instead of nine sorted arrays: 24 -> 5
microseconds (a registry of a million, PostgreSQL 15).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from contacts.models import Channel

# Kind of message -> may it go to somebody who has said nothing? News needs a yes first.
# A new kind is a new set of columns in `contacts_reach`.
KINDS: Final[Mapping[str, bool]] = {"safety": True, "service": True, "news": False}
BLOCKS: Final = ("dead", "no_consent", "opted_out", "suppressed")
"""Why an address may not be used; of several blocked ones the first reason here is told."""
DIGEST: Final = r"sha256(decode(replace({}.key, '\', '\\'), 'escape'))"
"""`contacts_suppression.digest` of an address, immutable so that an index may hold it."""
BEGINNINGS: Final = ("fcm:", "web:")
"""How a push address may begin; any other begins with itself."""
_USABLE: Final = 1 << 60
NONE: Final = (1 + len(BLOCKS)) << 60
"""The number of who has no address."""
_ID: Final = (1 << 42) - 1


def block(needs_word: str, *, said: str, told: Callable[[str], str] = "'{}'".format) -> str:
    """Why an address `a` may not be used for a kind, as `told` writes it; null when it may.

    `said` is the latest word that covers the kind; a suppressed number is suppressed for everybody.
    """
    return f"""case
        when {said} = false then {told("opted_out")}
        when stopped.reason is not null
            then case stopped.reason when 'opted_out' then {told("opted_out")}
                else {told("suppressed")} end
        when a.dead_at is not null then {told("dead")}
        when {said} is null and {needs_word} then {told("no_consent")}
    end"""


def _rank(kind: str) -> str:
    blocked = block(
        "false" if KINDS[kind] else "true",
        said=f"said.{kind}",
        told=lambda why: str(1 + BLOCKS.index(why)),
    )
    begins = " ".join(
        f"when a.channel = 'push' and starts_with(a.key, '{one}') then {n}"
        for n, one in enumerate(BEGINNINGS, 1)
    )
    return f"""(coalesce({blocked}, 0)
        ::bigint << 60) + (a.position::bigint << 45) + (a.id << 3)
        + (case {begins} else 0 end << 1) + a.shared::int"""


def column(kind: str, channel: str) -> str:
    """Where `contacts_reach` keeps the number of a kind and a channel."""
    return f"{kind}_{channel}"


def columns(*kinds: str) -> Iterator[str]:
    """The columns of these kinds, in the order of `fold`."""
    yield from (column(kind, channel) for kind in kinds for channel in Channel.values)


def fold(people: str, *kinds: str, none: int | None = None) -> str:
    """A query: of each contact id in `people`, the numbers for these kinds of message.

    Where somebody has no address `none` stands. Each address by itself, through the indexes: it is
    for few people, or for a page of them.
    """
    nothing = "null" if none is None else str(none)
    least = ", ".join(
        f"coalesce(min({_rank(kind)}) filter (where a.channel = '{channel}'), {nothing})"
        f" as {column(kind, channel)}"
        for kind in kinds
        for channel in Channel.values
    )
    last = ", ".join(
        f"(max((k.id << 1) + k.granted::int) filter (where k.kind in ('', '{kind}')) & 1) = 1"
        f" as {kind}"
        for kind in kinds
    )
    return f"""select distinct on (w.contact_id) w.contact_id, f.*
        from ({people}) w
        cross join lateral (
            select {least}
            from contacts_address a
            cross join lateral (
                select {last} from contacts_consent k
                where k.contact_id = a.contact_id and k.channel = a.channel
            ) said
            left join lateral (
                select s.reason from contacts_suppression s
                where s.digest = {DIGEST.format("a")} and s.channel = a.channel limit 1
            ) stopped on true
            where a.contact_id = w.contact_id and a.retired_at is null
        ) f"""  # noqa: S608  (constants of this module)


def number(kind: str, channel: str) -> str:
    """The number that holds of a person: `fresh` where they are stale, or else what is `kept`."""
    name = column(kind, channel)
    return f"coalesce(fresh.{name}, kept.{name}, {NONE})"


def unfolded(kind: str, channel: str) -> str:
    """The first address of a channel when it is usable, or else what blocks it."""
    held = number(kind, channel)
    address = f"(({held} >> 3) & {_ID})"
    whole = f"(select a.key::text from contacts_address a where a.id = {address})"  # noqa: S608
    key = f"case when {held} < {_USABLE} and ({held} & 1) = 1 then {whole} end"
    if channel == "push":
        key = f"""case when {held} < {_USABLE} then
            case when ({held} & 7) in (2, 4) then ({_texts(BEGINNINGS)})[({held} >> 1) & 3]
            else {whole} end end"""
    return f"""
    case when {held} < {_USABLE} then {address} end as {channel}_id,
    {key} as {channel}_key,
    ({_texts((*BLOCKS, "no_address"))})[{held} >> 60] as {channel}_block,
    {held} < {_USABLE} and ({held} & 1) = 1 as {channel}_shared"""


def footing(kind: str) -> str:
    """A number that is equal for all to whom the same is open on each channel, or barred."""
    blocks = [
        f"(({number(kind, channel)} >> 60) << {3 * place})"
        for place, channel in enumerate(Channel.values)
    ]
    push = number(kind, Channel.PUSH.value)
    begins = f"(case when {push} < {_USABLE} then ({push} >> 1) & 3 else 0 end << 9)"
    return " + ".join((*blocks, begins))


def _texts(words: Iterable[str]) -> str:
    return "array[{}]".format(", ".join(f"'{one}'" for one in words))
