-- The questions that reports ask. `regions` null: everywhere. Deliveries are found through their
-- batches, block by block: `offset 0` keeps the planner from joining a range to a million rows in
-- another way (31 s instead of 0.7 s for the reasons of a million).
--
-- people, reasons, reach, first_out, matches, unknowns and sent walk over all rows of a dispatch and
-- give cells: region, key, n, and for reach steps and counts. `snapshots` keeps the cells of large ones.

-- name: books
-- Every figure of the deliveries' book, by channel, region and language: the sums, and what changed
-- since they were folded.
select channel, region, language, figure, sum(n)::bigint from (
    select channel, region, language, figure, n from ledger_sum where dispatch_id = %(dispatch)s
    union all
    select channel, region, language, figure, n from ledger_delta where dispatch_id = %(dispatch)s) x
where %(regions)s::text[] is null or region = any(%(regions)s)
    or split_part(region, '-', 1) = any(%(regions)s)
group by channel, region, language, figure having sum(n) <> 0

-- name: rows
-- The same figures counted from the rows themselves: the proof of the books.
with b as (select * from ledger_batch where dispatch_id = %(dispatch)s), counted as (
    select channel, region, language,
        case state when 'withdrawn' then 'withdrawn' else 'waiting' end as figure,
        sum(size - cursor) as n
    from b group by 1, 2, 3, 4
    union all
    select channel, region, language, 'in_flight', sum(cursor - settled - early) from b
    group by 1, 2, 3
    union all
    select b.channel, b.region, b.language, ledger_figure(d.standing), count(*)
    from b cross join lateral (select * from ledger_delivery
        where id between b.id * 1024 and b.id * 1024 + 1023 offset 0) d
    group by 1, 2, 3, 4
    union all
    select channel, region, language, 'excluded', count(*) from ledger_exclusion
    where dispatch_id = %(dispatch)s group by 1, 2, 3
)
select channel, region, language, figure, sum(n)::bigint from counted
group by 1, 2, 3, 4 having sum(n) <> 0

-- name: audit
-- The figures on which deltas and rows disagree, and whether they add up to what was targeted; one
-- statement, so that both sides are of one instant. Of one that has shrunk no rows are left to see.
with told (channel, region, language, figure, n) as ({books}),
    seen (channel, region, language, figure, n) as ({rows})
select channel, region, language, figure, told.n, seen.n
from told full join seen using (channel, region, language, figure)
where told.n is distinct from seen.n
    and (select d.shrunk_at is null from ledger_dispatch d where d.id = %(dispatch)s)
union all
select '', '', '', 'targeted', (select coalesce(sum(n), 0) from told)::bigint, d.targeted
from ledger_dispatch d
where d.id = %(dispatch)s and d.targeted <> (select coalesce(sum(n), 0) from told)
order by 1, 2, 3, 4

-- name: people
-- The people's book: everybody once, by the best that happened to them, and in one region.
-- Who is served by somebody else's copy shares that one's fate.
with b as (
    select * from ledger_batch where dispatch_id = %(dispatch)s
), fate as (
    select d.contact_id, b.region, case ledger_figure(d.standing) when 'delivered' then 1
        when 'handed_over' then 2 when 'unknown' then 5 else 6 end as place
    from b cross join lateral (select * from ledger_delivery
        where id between b.id * 1024 and b.id * 1024 + 1023 offset 0) d
    where b.origin_id is null
    union all
    select u.contact_id, b.region, case when b.state = 'withdrawn' and u.i > b.cursor then 7
        when u.i > b.cursor then 4 else 3 end
    from b cross join lateral unnest(b.contact_ids) with ordinality as u (contact_id, i)
    where u.i > b.settled and (u.i <= b.cursor or b.state in ('waiting', 'claimed', 'withdrawn'))
        and (b.early = 0 or not exists (select from ledger_delivery d where d.id
            = coalesce(b.origin_id, b.id) * 1024 + coalesce(b.positions[u.i], u.i - 1)))
), own as (
    select contact_id, min(place) as place, min(region) as region from fate group by contact_id
), excluded as (
    select x.contact_id, min(coalesce(own.place, 8)) as place, min(x.region) as region
    from ledger_exclusion x left join own on own.contact_id = x.served_by
    where x.dispatch_id = %(dispatch)s group by x.contact_id
), best as (
    select contact_id, min(place) as place, min(region) as region
    from (select * from own union all select * from excluded) e group by contact_id
)
select region, array[(array['delivered', 'handed_over', 'in_flight', 'waiting', 'unknown', 'failed',
    'withdrawn', 'excluded'])[place]], count(*), null::int[], null::bigint[]
from best where (%(regions)s::text[] is null or region = any(%(regions)s)
    or split_part(region, '-', 1) = any(%(regions)s))
group by region, place

-- name: reasons
-- Why people were excluded, and what carriers said of what failed or is unknown.
select x.region, array['excluded', '', x.channel, x.reason], count(*), null::int[], null::bigint[]
from ledger_exclusion x
where x.dispatch_id = %(dispatch)s and (%(regions)s::text[] is null or x.region = any(%(regions)s)
    or split_part(x.region, '-', 1) = any(%(regions)s))
group by x.region, x.channel, x.reason
union all
select b.region, array[ledger_figure(d.standing), d.carrier, b.channel, d.code], count(*), null, null
from ledger_batch b cross join lateral (select * from ledger_delivery
        where id between b.id * 1024 and b.id * 1024 + 1023 offset 0) d
where b.dispatch_id = %(dispatch)s and b.origin_id is null
    and mod(d.standing, 100) in (10, 30, 50)
    and (%(regions)s::text[] is null or b.region = any(%(regions)s)
    or split_part(b.region, '-', 1) = any(%(regions)s))
group by b.region, ledger_figure(d.standing), d.carrier, b.channel, d.code

-- name: reach
-- How soon people were reached: seconds from launch to a person's first delivery (push: to the
-- hand-over, since devices send no receipts). By region and channel: how many of them within the
-- target's time, the people, and how many at each step of a fiftieth of the natural logarithm.
with first as (
    select b.region, b.channel, d.contact_id,
        min(extract(epoch from case ledger_figure(d.standing) when 'delivered' then d.settled_at
            when 'handed_over' then case when b.channel = 'push' then d.handed_at end end
            - p.launched_at)::float8) as seconds
    from ledger_dispatch p join ledger_batch b on b.dispatch_id = p.id
    cross join lateral (select * from ledger_delivery
        where id between b.id * 1024 and b.id * 1024 + 1023 offset 0) d
    where p.id = %(dispatch)s and b.origin_id is null
        and (%(regions)s::text[] is null or b.region = any(%(regions)s)
            or split_part(b.region, '-', 1) = any(%(regions)s))
    group by b.region, b.channel, d.contact_id
), stepped as (
    select region, channel, count(*) as n, count(*) filter (where seconds <= %(within)s) as in_time,
        case when seconds is not null then round(50 * ln(greatest(seconds, 0.001)))::int end as step
    from first group by region, channel, step
)
select region, array[channel, sum(in_time)::text], sum(n)::bigint,
    array_agg(step order by step) filter (where step is not null),
    array_agg(n order by step) filter (where step is not null)
from stepped group by region, channel

-- name: first_out
-- Milliseconds from launch until the first carrier took a message; no row while none has.
select '', array[]::text[],
    (1000 * extract(epoch from min(d.handed_at) - p.launched_at))::bigint, null::int[], null::bigint[]
from ledger_dispatch p
join ledger_batch b on b.dispatch_id = p.id and b.origin_id is null
cross join lateral (select * from ledger_delivery
    where id between b.id * 1024 and b.id * 1024 + 1023 offset 0) d
where p.id = %(dispatch)s and d.handed_at is not null group by p.launched_at

-- name: matches
-- How the wording that went out was chosen, by language of the wording.
select b.region, array[b.language, b.match], count(*), null::int[], null::bigint[]
from ledger_batch b
cross join lateral (select * from ledger_delivery
        where id between b.id * 1024 and b.id * 1024 + 1023 offset 0) d
where b.dispatch_id = %(dispatch)s and b.origin_id is null
    and mod(d.standing, 100) in (20, 40)
    and (%(regions)s::text[] is null or b.region = any(%(regions)s)
    or split_part(b.region, '-', 1) = any(%(regions)s))
group by b.region, b.language, b.match

-- name: curve
-- Delivered and handed over, minute by minute, running: the reach curve.
select minute, sum(sum(delivered)) over w::bigint, sum(sum(delivered + handed_over)) over w::bigint
from (
    select minute, delivered, handed_over from ledger_minute
    where dispatch_id = %(dispatch)s
        and case when %(regions)s::text[] is null then region = '*' else region = any(%(regions)s)
            or split_part(region, '-', 1) = any(%(regions)s) end
    union all
    select minute, case figure when 'delivered' then n else 0 end,
        case figure when 'handed_over' then n else 0 end
    from ledger_delta
    where dispatch_id = %(dispatch)s
        and figure in ('handed_over', 'delivered', 'failed', 'unknown')
        and (%(regions)s::text[] is null or region = any(%(regions)s)
            or split_part(region, '-', 1) = any(%(regions)s))
) x
group by minute window w as (order by minute)

-- name: unknowns
-- What became of unknowns: the open ones; those that policy closed, unless somebody has heard of them
-- since; those that were taken more than once; and the messages that were sent again, by the reason.
select b.region, array[coalesce(nullif(u.verdict, ''), 'open')], count(*), null::int[], null::bigint[]
from (
    select q.delivery_id, q.verdict from ledger_question q
    where q.dispatch_id = %(dispatch)s and (q.verdict = ''
        or q.verdict in ('given_up', 'expired') and exists (select from ledger_delivery d
            where d.id = q.delivery_id and mod(d.standing, 100) = 10))
    union all
    select a.delivery_id, a.verdict from ledger_attempt a
    where a.dispatch_id = %(dispatch)s and a.verdict not in ('', 'many')
    union all (
    select q.delivery_id, q.verdict from ledger_question q
    where q.dispatch_id = %(dispatch)s and q.verdict = 'many'
    union
    select a.delivery_id, a.verdict from ledger_attempt a
    where a.dispatch_id = %(dispatch)s and a.verdict = 'many')
) u join ledger_batch b on b.id = u.delivery_id >> 10
where %(regions)s::text[] is null or b.region = any(%(regions)s)
    or split_part(b.region, '-', 1) = any(%(regions)s)
group by b.region, u.verdict

-- name: sent
-- Messages that were taken, delivered or are unknown, or are in flight, by what they said and where:
-- what they cost, and what a fact that turns out to be wrong has spoiled.
select region, array[channel, language, wording_id::text], sum(n)::bigint, null::int[], null::bigint[]
from (
    select b.channel, b.region, b.language, b.wording_id, count(*) as n
    from ledger_batch b cross join lateral (select * from ledger_delivery
        where id between b.id * 1024 and b.id * 1024 + 1023 offset 0) d
    where b.dispatch_id = %(dispatch)s and b.origin_id is null
        and (mod(d.standing, 100) in (10, 20, 40)
            or d.acknowledged_at is not null or d.opened_at is not null)
    group by 1, 2, 3, 4
    union all
    select channel, region, language, wording_id, sum(cursor - settled - early) from ledger_batch
    where dispatch_id = %(dispatch)s and cursor > settled + early
    group by 1, 2, 3, 4
) told
where %(regions)s::text[] is null or region = any(%(regions)s)
    or split_part(region, '-', 1) = any(%(regions)s)
group by region, channel, language, wording_id having sum(n) > 0
order by 3 desc, 1, 2

-- name: strays
-- Receipts since the launch that belong to nothing that we sent.
select count(*) from ledger_receipt r join ledger_dispatch p on p.id = %(dispatch)s
where r.stray and r.received_at >= p.launched_at

-- name: mark
-- A number that moves with the figures.
select ledger_mark_of(%(dispatch)s)
