-- What somebody who watches asks every few seconds: nothing here reads deliveries, and nothing grows
-- with them. Dispatches are few; what is asked of each goes through an index.

-- name: watched_dispatches
-- How many dispatches stand how, drills and real ones apart.
select mode, case when state = 'complete' then 'complete' when stopped_at is not null then 'stopped'
    when paused_at is not null then 'paused' else state end, count(*)
from ledger_dispatch group by 1, 2

-- name: watched_figures
-- The deliveries' book of all that is open or was completed within the hour, summed over regions and
-- languages.
select d.mode, x.channel, x.figure, sum(x.n)::bigint
from ledger_dispatch d cross join lateral (
    select channel, figure, sum(n) as n from (
        select channel, figure, n from ledger_sum where dispatch_id = d.id
        union all select channel, figure, n from ledger_delta where dispatch_id = d.id) f
    group by 1, 2) x
where d.state <> 'complete' or d.completed_at > (select ledger_now()) - interval '1 hour'
group by 1, 2, 3 having sum(x.n) <> 0

-- name: watched_backlog
-- For each lane, for how many seconds the message waits that has been due the longest; what is
-- paused, stopped or expired is nobody's work.
select d.lane, extract(epoch from ledger_now() - min(w.due_at))::float8
from ledger_dispatch d cross join lateral (
    select b.due_at from ledger_batch b
    where b.dispatch_id = d.id and b.state = 'waiting' and b.due_at <= ledger_now()
    order by b.due_at limit 1) w
where d.state in ('enlisting', 'running') and d.stopped_at is null and d.paused_at is null
    and d.expires_at > ledger_now()
group by d.lane

-- name: watched_questions
-- Unknowns that are still asked about, and the age in seconds of the oldest.
select d.mode, count(*), extract(epoch from ledger_now() - min(q.asked_at))::float8
from ledger_question q join ledger_dispatch d on d.id = q.dispatch_id
where q.closed_at is null group by d.mode

-- name: watched_broken
-- Dispatches whose books did not add up when they were proven last: a handful in a bad year.
select a.dispatch_id from ledger_audit a where a.off <> 0 order by a.dispatch_id

-- name: watched_books
-- Dispatches whose books did not add up when they were proven last, and the age in seconds of the
-- oldest last proof of one that is open; null when none was proven yet.
select count(*) filter (where a.off <> 0),
    extract(epoch from ledger_now() - min(a.at) filter (where d.state <> 'complete'))::float8
from ledger_audit a join ledger_dispatch d on d.id = a.dispatch_id
