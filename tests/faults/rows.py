"""The ledger's rows for the examiner, read over a connection of its own.

And a watcher inside the database that notes every standing that falls.
"""

from collections.abc import Sequence
from typing import Any

import psycopg

from tests.faults.examiner import Row

_WATCHER = """
create table if not exists faults_fallen (id bigint, was int, is_now int, at timestamptz);
create or replace function faults_note() returns trigger language plpgsql as $$
begin
    insert into faults_fallen values (old.id, old.standing,
        case when tg_op = 'UPDATE' then new.standing end, clock_timestamp());
    return null;
end $$;
create or replace trigger faults_fell after update on ledger_delivery
    for each row when (new.standing < old.standing) execute function faults_note();
create or replace trigger faults_left after delete on ledger_delivery
    for each row when (mod(old.standing, 100) > 10) execute function faults_note();
"""
"""An unknown may leave when it is sent again, on the record; nothing else may leave or sink."""

_ROWS = """
select coalesce(b.id * 1024 + i, 0), b.contact_ids[i + 1], b.channel,
    case b.channel when 'push' then a.value else a.key end,
    case when x.id is not null then 'excluded'
        when f.state = 'withdrawn' and f.place >= f.cursor then 'withdrawn'
        when f.place >= f.cursor then 'waiting'
        when f.place >= f.settled then 'in_flight' else 'done' end,
    d.standing, coalesce(d.code, ''), coalesce(to_jsonb(q) ->> 'why', ''),
    coalesce(to_jsonb(q) ->> 'verdict', ''),
    array(select to_jsonb(t) ->> 'verdict' from ledger_attempt t where t.delivery_id = b.id * 1024 + i)
from ledger_batch b cross join lateral generate_series(0, b.size - 1) i
join contacts_address a on a.id = b.address_ids[i + 1]
cross join lateral (
    -- where it is now: its own batch, or the youngest retry that carries it on
    select r.state, r.cursor, r.settled,
        coalesce(array_position(r.positions, i::smallint) - 1, i) as place
    from ledger_batch r
    where r.id = b.id or r.origin_id = b.id and i::smallint = any(r.positions)
    order by r.attempt desc, r.id desc limit 1) f
left join ledger_delivery d on d.id = b.id * 1024 + i
left join ledger_question q on q.delivery_id = b.id * 1024 + i
left join ledger_exclusion x on x.dispatch_id = b.dispatch_id and x.channel = b.channel
    and x.contact_id = b.contact_ids[i + 1]
where b.origin_id is null and b.dispatch_id = any(%s)
union all
select 0, x.contact_id, x.channel, '', 'excluded', null, '', '', '', '{}'
from ledger_exclusion x where x.dispatch_id = any(%s) and not exists (
    select 1 from ledger_batch b where b.dispatch_id = x.dispatch_id and b.origin_id is null
        and b.channel = x.channel and x.contact_id = any(b.contact_ids))
"""

_UNSETTLED = """
select (select count(*) from ledger_dispatch where id = any(%(ids)s) and state = 'enlisting'),
    (select coalesce(sum(case when state in ('waiting', 'claimed') then size - settled
        else cursor - settled end), 0) from ledger_batch where dispatch_id = any(%(ids)s)),
    (select count(*) from ledger_question where dispatch_id = any(%(ids)s) and closed_at is null)
"""

_SHIFT = """
with moved as (update ledger_clock set shift = shift + make_interval(secs => %(s)s) returning 1)
insert into ledger_clock (shift)
select make_interval(secs => %(s)s) where not exists (select from moved)
"""


class Reader:
    """Asks the database, each time anew: it may have been killed in between."""

    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, query: str, told: Any = None) -> list[tuple[Any, ...]]:
        """The rows; none of a statement that has none. Raises psycopg.OperationalError."""
        with psycopg.connect(self._url, autocommit=True, connect_timeout=3) as link:
            found = link.execute(query, told)
            return found.fetchall() if found.description else []

    def install_watcher(self) -> None:
        """From now on each fall is noted."""
        self.ask(_WATCHER)

    def fallen(self) -> list[tuple[Any, ...]]:
        """(delivery, standing before, standing after) of all that ever fell."""
        return self.ask("select id, was, is_now from faults_fallen order by at")

    def targeted(self, dispatches: Sequence[int]) -> list[Row]:
        """Everybody who is in the books of these dispatches."""
        told = self.ask(_ROWS, [list(dispatches), list(dispatches)])
        return [Row(*row[:-1], again=_again(row[-1])) for row in told]  # type: ignore[misc]

    def unsettled(self, dispatches: Sequence[int]) -> tuple[int, int, int]:
        """Dispatches still enlisting, messages that wait or are in flight, questions that are open."""
        [(enlisting, waiting, questions)] = self.ask(_UNSETTLED, {"ids": list(dispatches)})
        return int(enlisting), int(waiting), int(questions)

    def shift_clock(self, seconds: float) -> None:
        """The ledger's hours pass."""
        self.ask(_SHIFT, {"s": seconds})


def _again(verdicts: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(
        one for one in verdicts if one in ("resent", "not_processed", "repeated", "risked")
    )
