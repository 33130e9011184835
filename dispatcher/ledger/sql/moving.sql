-- What somebody asks who looks at one dispatch while it runs, and at single people of it. None of it
-- grows with the deliveries, but for the batches' arrays: 2,000 of them at a million deliveries.

-- name: oldest_waiting
-- Since when the message waits that has been due the longest; null when none is due.
select min(due_at) from ledger_batch
where dispatch_id = %(dispatch)s and state = 'waiting' and due_at <= (select ledger_now())

-- name: left_lately
-- Messages that have left in the last whole minutes, and the seconds in which they did: what was
-- handed over, delivered, failed or unknown has left. `regions` null: everywhere. The clock is asked
-- once: it is volatile, and asked for each delta it took 0.4 s of 0.5.
with clock as materialized (select ledger_now() as now), span as materialized (
    select greatest(date_trunc('minute', c.now) - %(minutes)s * interval '1 minute',
        date_trunc('minute', d.launched_at)) as begins, d.launched_at, c.now
    from ledger_dispatch d cross join clock c where d.id = %(dispatch)s
), lately as (
    select coalesce(sum(n), 0)::bigint as n from (
        select handed_over + delivered + failed + unknown as n from ledger_minute
        where dispatch_id = %(dispatch)s and minute >= (select begins from span)
            and case when %(regions)s::text[] is null then region = '*' else region = any(%(regions)s)
                or split_part(region, '-', 1) = any(%(regions)s) end
        union all
        select x.n from ledger_delta x
        where x.dispatch_id = %(dispatch)s and x.minute >= (select begins from span)
            and x.figure in ('handed_over', 'delivered', 'failed', 'unknown')
            and (%(regions)s::text[] is null or x.region = any(%(regions)s)
                or split_part(x.region, '-', 1) = any(%(regions)s))
    ) x
)
select l.n, greatest(extract(epoch from s.now - greatest(s.begins, s.launched_at)), 1)::float8
from lately l cross join span s

-- name: silent_page_end
-- The contact id up to which a page of so many people follows; null when fewer are left. Batches lie
-- across each other, so that the first of them to end says only roughly where: its people and theirs
-- before it are looked at one by one, of a slice at most.
with ahead as (
    select id, size, first_contact, last_contact, contact_ids from ledger_batch
    where dispatch_id = %(dispatch)s and origin_id is null and last_contact > %(after)s
        and (%(regions)s::text[] is null or region = any(%(regions)s)
            or split_part(region, '-', 1) = any(%(regions)s))
), apart as materialized (
    select contact_id from ledger_exclusion
    where dispatch_id = %(dispatch)s and contact_id > %(after)s
        and (%(regions)s::text[] is null or region = any(%(regions)s)
            or split_part(region, '-', 1) = any(%(regions)s))
    order by contact_id limit %(most)s
), rough as materialized (
    select least((select min(last_contact)
        from (select last_contact, sum(size) over (order by last_contact, id) as n from ahead) c
        where n >= %(most)s),
        (select contact_id from apart offset %(most)s - 1)) as upto
), page as (
    select distinct contact_id from (
        select u.contact_id
        from (select r.upto, a.contact_ids from rough r, ahead a
            where r.upto is null or a.first_contact <= r.upto offset 0) near
        cross join lateral unnest(near.contact_ids) as u (contact_id)
        where (near.upto is null or u.contact_id <= near.upto) and u.contact_id > %(after)s
        union all
        select x.contact_id from rough r, apart x where r.upto is null or x.contact_id <= r.upto
    ) p order by contact_id limit %(most)s
)
select case when count(p.contact_id) = %(most)s then max(p.contact_id) else max(r.upto) end
from rough r left join page p on true

-- name: unanswered_between
-- Who has not answered among the people between two contact ids, each once, by the best that happened
-- to them: a page of `unanswered`, in the order of the ids.
with b as materialized (
    select * from ledger_batch where dispatch_id = %(dispatch)s
        and first_contact <= %(upto)s and last_contact > %(after)s
        and (%(regions)s::text[] is null or region = any(%(regions)s)
            or split_part(region, '-', 1) = any(%(regions)s))
), place as materialized (
    select b.id, b.origin_id, b.region, b.language, b.channel, b.state, b.cursor, b.settled,
        u.contact_id, u.i, coalesce(b.origin_id, b.id) * 1024
            + coalesce(b.positions[u.i], u.i - 1) as delivery_id
    from b cross join lateral unnest(b.contact_ids) with ordinality as u (contact_id, i)
    where u.contact_id > %(after)s and u.contact_id <= %(upto)s
), fate as (
    select p.contact_id, p.region, p.language, p.channel, '' as reason,
        case ledger_figure(d.standing) when 'delivered' then 1 when 'handed_over' then 2
            when 'unknown' then 5 else 6 end as place
    from place p join ledger_delivery d on d.id = p.delivery_id
    where p.origin_id is null
    union all
    select contact_id, region, language, channel, '',
        case when state = 'withdrawn' and i > cursor then 7 when i > cursor then 4 else 3 end
    from place
    where i > settled and (i <= cursor or state in ('waiting', 'claimed', 'withdrawn'))
    union all
    select x.contact_id, x.region, x.language, case when served_by is not null then channel end,
        x.reason, 8
    from ledger_exclusion x
    where x.dispatch_id = %(dispatch)s and x.contact_id > %(after)s and x.contact_id <= %(upto)s
        and (%(regions)s::text[] is null or x.region = any(%(regions)s)
            or split_part(x.region, '-', 1) = any(%(regions)s))
        and not (x.served_by is not null and exists (select 1 from ledger_delivery d
            where d.dispatch_id = %(dispatch)s and d.contact_id = x.served_by
                and d.acknowledged_at is not null))
)
select contact_id, (array_agg(region order by place))[1], (array_agg(language order by place))[1],
    (array['delivered', 'handed_over', 'in_flight', 'waiting', 'unknown', 'failed', 'withdrawn',
        'excluded'])[min(place)],
    array_remove(array_agg(distinct case when place < 8 or reason = 'served_by' then channel end),
        null),
    case when min(place) = 8 then min(reason) else '' end
from fate f
where not exists (select 1 from ledger_delivery d where d.dispatch_id = %(dispatch)s
    and d.contact_id = f.contact_id and d.acknowledged_at is not null)
group by contact_id order by contact_id

-- name: answered_so_far
-- People who have answered, each once, through the small index of acknowledgements.
select count(distinct contact_id) from ledger_delivery
where dispatch_id = %(dispatch)s and acknowledged_at is not null

-- name: person_story
-- Every message of a dispatch to one person: how it was chosen, when it was due, what came of it, and
-- what is asked about it. A root batch's people are sorted.
with root as materialized (
    select b.*, array_position(b.contact_ids, %(contact)s) as i from ledger_batch b
    where b.dispatch_id = %(dispatch)s and b.origin_id is null
        and b.first_contact <= %(contact)s and b.last_contact >= %(contact)s
        and b.contact_ids @> array[%(contact)s::bigint]
        and (%(regions)s::text[] is null or b.region = any(%(regions)s)
            or split_part(b.region, '-', 1) = any(%(regions)s))
), told as (
    select r.*, r.id * 1024 + coalesce(r.positions[r.i], r.i - 1) as delivery_id from root r
)
select t.delivery_id, t.channel, t.language, t.match, t.region, t.wording_id, t.account, t.due_at,
    case when d.id is not null then ledger_figure(d.standing)
        when t.state = 'withdrawn' and t.i > t.cursor then 'withdrawn'
        when t.i > t.cursor then 'waiting' when t.i > t.settled then 'in_flight'
        else 'waiting' end,
    coalesce(d.carrier, ''), coalesce(d.code, ''), d.written_at, d.handed_at, d.settled_at,
    d.opened_at, d.acknowledged_at, coalesce(mod(d.standing, 100000) / 100, 0),
    coalesce(q.why, ''), q.asked_at, q.closed_at, coalesce(q.verdict, ''),
    (select max(b.due_at) from ledger_batch b where b.origin_id = t.id
        and b.positions @> array[(t.delivery_id - t.id * 1024)::smallint])
from told t left join ledger_delivery d on d.id = t.delivery_id
left join ledger_question q on q.delivery_id = t.delivery_id
order by t.due_at, t.delivery_id

-- name: person_excluded
-- Why nothing went to this person by a channel.
select channel, region, language, reason, at from ledger_exclusion
where dispatch_id = %(dispatch)s and contact_id = %(contact)s
    and (%(regions)s::text[] is null or region = any(%(regions)s)
        or split_part(region, '-', 1) = any(%(regions)s))
order by channel, id
