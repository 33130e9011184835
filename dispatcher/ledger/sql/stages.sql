-- Later stages of a dispatch: who of it still needs to hear, slice by slice, once. People are read
-- in the order of their ids, and only the batches that hold them: a root batch's people are sorted
-- and its size never changes.

-- name: add_stage
-- One stage of this name for the dispatch, whoever asks and however often.
insert into ledger_stage (dispatch_id, number, name, kind, group_name, step, unless, due_at,
    requested_by)
select d.id, 1 + (select count(*) from ledger_stage s where s.dispatch_id = d.id), %(name)s,
    %(kind)s, %(group)s, %(step)s, %(unless)s,
    coalesce(d.launched_at + %(after)s::interval, (select ledger_now())), %(requested_by)s
from ledger_dispatch d where d.id = %(dispatch)s
on conflict (dispatch_id, name) do nothing
returning id

-- name: stages
-- The stages of a dispatch in their order.
select id, dispatch_id, number, name, kind, group_name, step, unless, due_at, state, requested_by,
    reason, begun_at, ended_at, slices, targeted
from ledger_stage where dispatch_id = %(dispatch)s order by due_at, number, id

-- name: due_stages
-- Stages that have something to do now, the oldest first. One of a dispatch at a time, and none
-- before the whole audience is enlisted: shared addresses are settled stage by stage.
select s.id from ledger_stage s join ledger_dispatch d on d.id = s.dispatch_id
where s.state in ('waiting', 'enlisting') and s.due_at <= ledger_now()
    and d.state <> 'enlisting' and d.paused_at is null
    and d.stopped_at is null and d.expires_at > ledger_now()
order by s.due_at, s.id

-- name: hold_stage
-- The stage and its dispatch for this transaction, if it is still its turn.
select s.id, s.dispatch_id, s.number, s.name, s.kind, s.group_name, s.step, s.unless, s.due_at,
    s.state, s.requested_by, s.reason, s.begun_at, s.ended_at, s.slices, s.targeted,
    d.mode, d.plan, d.cutoff_at, d.expires_at, d.severity, d.alert_ref, d.lane, d.launched_at,
    s.slice_cursor
from ledger_stage s join ledger_dispatch d on d.id = s.dispatch_id
where s.id = %(stage)s and s.state in ('waiting', 'enlisting') and s.due_at <= ledger_now()
    and d.state <> 'enlisting' and d.paused_at is null
    and d.stopped_at is null and d.expires_at > ledger_now()
    and not exists (select 1 from ledger_stage o where o.dispatch_id = s.dispatch_id
        and o.id <> s.id and o.state = 'enlisting')
for no key update skip locked

-- name: begin_stage
-- From now on its slices are written; the moment is the cut-off for the addresses.
update ledger_stage set state = 'enlisting', begun_at = (select ledger_now()), reason = %(reason)s
where id = %(stage)s and state = 'waiting'
returning begun_at

-- name: end_stage
-- Nothing of it will be enlisted, or nothing more.
update ledger_stage set state = %(state)s, ended_at = (select ledger_now()),
    reason = case when %(reason)s = '' then reason else %(reason)s end
where id = %(stage)s and state in ('waiting', 'enlisting')

-- name: over_stages
-- Stages of dispatches that were stopped or have expired: nobody needs them any more.
update ledger_stage s set state = 'moot', ended_at = (select ledger_now()),
    reason = case when d.stopped_at is not null then 'stopped' else 'expired' end
from ledger_dispatch d
where s.state in ('waiting', 'enlisting') and d.id = s.dispatch_id and d.state <> 'enlisting'
    and (d.stopped_at is not null or d.expires_at <= ledger_now())
returning s.id

-- name: idle_stages
-- Dispatches that wait for nothing but their stages: perhaps everybody has answered.
select distinct d.id from ledger_stage s join ledger_dispatch d on d.id = s.dispatch_id
where s.state = 'waiting' and s.due_at > ledger_now() and d.state <> 'enlisting'
    and not exists (select 1 from ledger_batch b where b.dispatch_id = d.id
        and (b.state in ('waiting', 'claimed') or b.cursor > b.settled))

-- name: anybody_silent
-- Whether somebody who was written to has not answered; found at the first one.
select exists (
    select 1 from ledger_batch b cross join lateral unnest(b.contact_ids) as u (contact_id)
    where b.dispatch_id = %(dispatch)s and b.origin_id is null
        and not exists (select 1 from ledger_delivery d where d.dispatch_id = %(dispatch)s
            and d.contact_id = u.contact_id and d.acknowledged_at is not null)
) or exists (
    select 1 from ledger_exclusion x
    where x.dispatch_id = %(dispatch)s and not exists (select 1 from ledger_delivery d
        where d.dispatch_id = %(dispatch)s and d.contact_id in (x.contact_id, x.served_by)
            and d.acknowledged_at is not null)
)

-- name: moot_stages
-- Everybody has answered: what still waits for its time will not be needed.
update ledger_stage set state = 'moot', ended_at = (select ledger_now()), reason = 'answered'
where dispatch_id = %(dispatch)s and state = 'waiting' and due_at > (select ledger_now())

-- name: page_end
-- The contact id up to which about so many people of a dispatch follow; null when there are fewer.
with ahead as (
    select id, size, last_contact as last from ledger_batch
    where dispatch_id = %(dispatch)s and origin_id is null
        and last_contact > %(after)s
), counted as (
    select last, sum(size) over (order by last, id) as n from ahead
)
select least(
    (select min(last) from counted where n >= %(most)s),
    (select contact_id from ledger_exclusion
        where dispatch_id = %(dispatch)s and contact_id > %(after)s
        order by contact_id offset %(most)s - 1 limit 1))

-- name: still_silent
-- People of a dispatch between two contact ids who have not answered (`unless` delivered: nor got
-- anything), and the channels by which they were told; who is served by somebody else's copy shares
-- that one's answer. Of those who were told by all of `channels` nobody is told again; no channels:
-- it makes no difference.
with person as materialized (
    select u.contact_id, b.channel, null::bigint as owner
    from ledger_batch b cross join lateral unnest(b.contact_ids) as u (contact_id)
    where b.dispatch_id = %(dispatch)s and b.origin_id is null
        and b.first_contact <= %(upto)s
        and b.last_contact > %(after)s
        and u.contact_id > %(after)s and u.contact_id <= %(upto)s
    union all
    select contact_id, case when served_by is not null then channel end, served_by
    from ledger_exclusion
    where dispatch_id = %(dispatch)s and contact_id > %(after)s and contact_id <= %(upto)s
), told as (
    select contact_id, array_remove(array_agg(distinct channel order by channel), null) as channels,
        array_remove(array_agg(distinct owner), null) as owners
    from person group by contact_id
), reached as materialized (
    select distinct d.contact_id
    from ledger_batch b cross join lateral (select * from ledger_delivery
        where id between b.id * 1024 and b.id * 1024 + 1023 offset 0) d
    where %(unless)s = 'delivered' and b.dispatch_id = %(dispatch)s and b.origin_id is null
        and b.first_contact <= %(upto)s
        and b.last_contact
            >= (select least(min(owner), %(after)s + 1) from person)
        and ledger_figure(d.standing) = 'delivered'
)
select t.contact_id, case when cardinality(%(channels)s::text[]) > 0
    then array_to_string(t.channels, ' ') else '' end
from told t
where not (cardinality(%(channels)s::text[]) > 0 and %(channels)s::text[] <@ t.channels)
    and not exists (select 1 from ledger_delivery d where d.dispatch_id = %(dispatch)s
        and d.contact_id = t.contact_id and d.acknowledged_at is not null)
    and not (cardinality(t.owners) > 0 and exists (
        select 1 from ledger_delivery d where d.dispatch_id = %(dispatch)s
            and d.contact_id = any(t.owners) and d.acknowledged_at is not null))
    and not exists (select 1 from reached r where r.contact_id = t.contact_id)
    and not (cardinality(t.owners) > 0 and exists (
        select 1 from reached r where r.contact_id = any(t.owners)))
order by t.contact_id

-- name: who_answered
-- Who of these people has answered this dispatch.
select d.contact_id from ledger_delivery d
where d.dispatch_id = %(dispatch)s and d.contact_id = any(%(contacts)s::bigint[])
    and d.acknowledged_at is not null

-- name: affected
-- Who may have received a dispatch, or may still: taken, delivered or unknown, opened or answered
-- whatever the carrier said of it, in flight, waiting while it may leave; and who shares their copy.
-- `regions` null: everywhere; else where people were when it left. `wordings` null: whatever it said;
-- else who got one of these, and who shares a copy with them.
with x as materialized (
    select contact_id, served_by from ledger_exclusion
    where dispatch_id = %(dispatch)s and served_by is not null
        and contact_id > %(after)s and contact_id <= %(upto)s
        and (%(regions)s::text[] is null or region = any(%(regions)s)
            or split_part(region, '-', 1) = any(%(regions)s))
), low as (
    select least(min(served_by), %(after)s + 1) as id from x
), b as materialized (
    select b.*, d.stopped_at is null and d.expires_at > (select ledger_now()) as live
    from ledger_batch b join ledger_dispatch d on d.id = b.dispatch_id
    where b.dispatch_id = %(dispatch)s and b.first_contact <= %(upto)s
        and b.last_contact >= (select id from low)
        and (%(regions)s::text[] is null or b.region = any(%(regions)s)
            or split_part(b.region, '-', 1) = any(%(regions)s))
        and (%(wordings)s::bigint[] is null or b.wording_id = any(%(wordings)s))
), fate as materialized (
    select d.contact_id
    from b cross join lateral (select * from ledger_delivery
        where id between b.id * 1024 and b.id * 1024 + 1023 offset 0) d
    where b.origin_id is null and (mod(d.standing, 100) in (10, 20, 40)
        or d.acknowledged_at is not null or d.opened_at is not null)
    union
    select u.contact_id
    from b cross join lateral unnest(b.contact_ids) with ordinality as u (contact_id, i)
    where u.i > b.settled and u.i <= b.cursor
        or u.i > b.cursor and b.live and b.state in ('waiting', 'claimed')
)
select contact_id, '' from (
    select contact_id from fate where contact_id > %(after)s and contact_id <= %(upto)s
    union
    select x.contact_id from x join fate f on f.contact_id = x.served_by
) people
order by contact_id

-- name: share_answered
-- People to whom a copy may have come (a carrier took it, or nobody can tell), and how many of them
-- have answered. `wordings` null: all; else those who got one of these.
select count(distinct d.contact_id),
    count(distinct d.contact_id) filter (where d.acknowledged_at is not null)
from ledger_batch b cross join lateral (select * from ledger_delivery
    where id between b.id * 1024 and b.id * 1024 + 1023 offset 0) d
where b.dispatch_id = %(dispatch)s and b.origin_id is null
    and (%(wordings)s::bigint[] is null or b.wording_id = any(%(wordings)s))
    and (mod(d.standing, 100) in (10, 20, 40) or d.acknowledged_at is not null)

-- name: unanswered
-- Everybody of a dispatch who has not answered, once, by the best that happened to them (as in the
-- people's book), with the channels by which they were told and why nothing went to who is excluded.
-- Who is served by somebody else's copy shares that one's answer. `regions` null: everywhere.
with b as (
    select * from ledger_batch where dispatch_id = %(dispatch)s
        and (%(regions)s::text[] is null or region = any(%(regions)s)
            or split_part(region, '-', 1) = any(%(regions)s))
), fate as (
    select d.contact_id, b.region, b.language, b.channel, '' as reason,
        case ledger_figure(d.standing) when 'delivered' then 1 when 'handed_over' then 2
            when 'unknown' then 5 else 6 end as place
    from b cross join lateral (select * from ledger_delivery
        where id between b.id * 1024 and b.id * 1024 + 1023 offset 0) d
    where b.origin_id is null
    union all
    select u.contact_id, b.region, b.language, b.channel, '',
        case when b.state = 'withdrawn' and u.i > b.cursor then 7 when u.i > b.cursor then 4 else 3 end
    from b cross join lateral unnest(b.contact_ids) with ordinality as u (contact_id, i)
    where u.i > b.settled and (u.i <= b.cursor or b.state in ('waiting', 'claimed', 'withdrawn'))
    union all
    select x.contact_id, x.region, x.language, case when served_by is not null then channel end,
        x.reason, 8
    from ledger_exclusion x
    where x.dispatch_id = %(dispatch)s
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
group by contact_id order by min(place), contact_id

-- name: stage_slice_done
-- The cursor moves with the slice; the books grow with it. What was complete is running again.
with stage as (
    update ledger_stage set slice_cursor = greatest(slice_cursor, %(cursor)s), slices = slices + 1,
        targeted = targeted + %(targeted)s,
        state = case when not %(last)s then 'enlisting'
            when targeted + %(targeted)s = 0 then 'moot' else 'done' end,
        reason = case when %(last)s and targeted + %(targeted)s = 0 and reason = '' then 'answered'
            else reason end,
        ended_at = case when %(last)s then (select ledger_now()) end
    where id = %(stage)s returning dispatch_id
), grown as (
    update ledger_dispatch d set targeted = d.targeted + %(targeted)s, state = 'running',
        completed_at = null
    from stage where d.id = stage.dispatch_id and %(targeted)s > 0
)
delete from ledger_copy c using stage where c.dispatch_id = stage.dispatch_id and %(last)s
