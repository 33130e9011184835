-- Batches go out and facts come in. Whoever takes several batches locks them in the order of their
-- ids, and batches before deliveries: else a stop and a heartbeat wait for each other.

-- name: abandon
-- Batches whose lease ran out: what lies behind the cursor without a row may or may not have been
-- taken, so it is unknown, in the open; the token rises so that the late worker moves nothing.
-- A failure of an earlier attempt, told early, does not make this one known.
-- A batch that nobody even began goes to the end of the queue: it may be what ends its workers.
with lost as (
    select * from ledger_batch
    where lease_until < ledger_now()
        and (state = 'claimed' or (state = 'withdrawn' and cursor > settled))
    order by id limit 100 for update skip locked
), flown as (
    select coalesce(l.origin_id, l.id) * 1024 + coalesce(l.positions[i + 1], i) as delivery_id,
        l.dispatch_id, l.contact_ids[i + 1] as contact_id, l.address_ids[i + 1] as address_id,
        l.attempt, l.account
    from lost l cross join lateral generate_series(l.settled, l.cursor - 1) as i
), silent as (
    insert into ledger_delivery as d (id, dispatch_id, contact_id, address_id, standing, code,
        carrier, written_at)
    select delivery_id, dispatch_id, contact_id, address_id, attempt * 100 + 10, 'lease_lost',
        account, (select ledger_now())
    from flown order by delivery_id
    on conflict (id) do update set standing = excluded.standing, code = excluded.code
    where d.standing < excluded.standing and d.acknowledged_at is null and d.opened_at is null
    returning d.id
), asked as (
    insert into ledger_question as q (delivery_id, dispatch_id, why, asked_at, account, attempt,
        next_ask_at)
    select f.delivery_id, f.dispatch_id, 'lease_lost', (select ledger_now()), f.account, f.attempt,
        (select ledger_now()) + %(first)s
    from silent s join flown f on f.delivery_id = s.id
    order by f.delivery_id
    on conflict (delivery_id) do update set why = excluded.why, asked_at = excluded.asked_at,
        account = excluded.account, attempt = excluded.attempt, next_ask_at = excluded.next_ask_at,
        closed_at = null, verdict = '', asks = 0
    where q.attempt < excluded.attempt
)
update ledger_batch b set settled = b.cursor, early = 0, token = b.token + 1, lease_until = null,
    state = case when b.state = 'withdrawn' then 'withdrawn'
        when b.cursor = b.size then 'done' else 'waiting' end,
    due_at = case when b.cursor = b.settled then (select ledger_now()) else b.due_at end
from lost where b.id = lost.id
returning b.id

-- name: claim
-- Due batches of running dispatches, up to about `people` people, leased to the caller: of each
-- dispatch as many people as of the others, so that a large old one does not starve a small new one.
-- `letters` of them count as one person: they share their requests.
-- Dispatch by dispatch, so that a paused one with a million waiting costs nothing here.
with due as (
    select w.id, w.n, w.due_at,
        sum(w.n) over (partition by d.id order by w.due_at, w.id) - w.n as turn
    from ledger_dispatch d cross join lateral (
        select b.id, b.due_at,
            (b.size - b.cursor) / case b.channel when 'email' then %(letters)s::float8 else 1 end as n
        from ledger_batch b
        where b.dispatch_id = d.id and b.state = 'waiting' and b.due_at <= ledger_now()
            and b.account <> all(%(resting)s::text[])
        order by b.due_at limit %(most)s for update skip locked
    ) w
    where d.lane = %(lane)s and d.state in ('enlisting', 'running') and d.stopped_at is null
        and d.paused_at is null and d.expires_at > ledger_now()
), filled as (
    select id, sum(n) over (order by turn, due_at, id) - n as before from due
)
update ledger_batch b
set state = 'claimed', token = b.token + 1, lease_until = (select ledger_now()) + %(lease)s
from filled f where b.id = f.id and f.before < %(people)s
returning b.id, b.token, coalesce(b.origin_id, b.id), b.dispatch_id, b.channel, b.account,
    b.wording_id, b.language, b.region, b.time_zone, b.attempt, b.cursor, b.size, b.positions,
    b.contact_ids, b.address_ids

-- name: advance
-- The cursor moves before the carrier is asked, and the account that will be asked is written down
-- with it, for whoever must ask what became of the window. Pause, stop, expiry and a lost lease are
-- seen here, and a batch that is not as it was claimed: a receipt has taken somebody out of it.
-- The dispatch stands in a subquery: joined, it once led the planner to read all of its batches.
with mine as (
    select b.id, w.n, w.account
    from unnest(%(ids)s::bigint[], %(tokens)s::int[], %(cursors)s::int[], %(sizes)s::int[],
        %(counts)s::int[], %(accounts)s::text[]) as w (id, token, cursor, size, n, account)
    join ledger_batch b on b.id = w.id and b.token = w.token
    where b.state = 'claimed' and b.cursor = w.cursor and b.size = w.size
        and (select d.stopped_at is null and d.paused_at is null and d.expires_at > ledger_now()
            from ledger_dispatch d where d.id = b.dispatch_id)
    order by b.id for update of b
)
update ledger_batch b
set cursor = b.cursor + mine.n, account = mine.account, lease_until = (select ledger_now()) + %(lease)s
from mine where b.id = mine.id
returning b.id

-- name: release
-- Batches handed back untouched, due again after a pause; receipts may have emptied one meanwhile.
with mine as (
    select b.id, w.seconds
    from unnest(%(ids)s::bigint[], %(tokens)s::int[], %(seconds)s::float8[])
        as w (id, token, seconds)
    join ledger_batch b on b.id = w.id and b.token = w.token
    where b.state = 'claimed' and b.cursor = b.settled
    order by b.id for update of b
)
update ledger_batch b
set state = case when b.cursor = b.size then 'done' else 'waiting' end, lease_until = null,
    due_at = (select ledger_now()) + make_interval(secs => mine.seconds)
from mine where b.id = mine.id

-- name: heartbeat
-- The leases of a living worker; the ids that came back are still its own.
with mine as (
    select b.id from unnest(%(ids)s::bigint[], %(tokens)s::int[]) as w (id, token)
    join ledger_batch b on b.id = w.id and b.token = w.token
    where b.lease_until is not null
    order by b.id for update of b
)
update ledger_batch b set lease_until = (select ledger_now()) + %(lease)s
from mine where b.id = mine.id
returning b.id

-- name: halted
-- Dispatches of which nothing may leave now.
select d.id from ledger_dispatch d
where d.id = any(%(ids)s::bigint[])
    and (d.stopped_at is not null or d.paused_at is not null or d.expires_at <= ledger_now())

-- name: hold
-- The batches of a window, locked in order; who still owns them by the token, and what is in flight.
select b.id, b.settled, b.cursor from ledger_batch b
join unnest(%(ids)s::bigint[], %(tokens)s::int[]) as w (id, token)
    on b.id = w.id and b.token = w.token
where b.lease_until is not null
order by b.id for update of b

-- name: write
-- Facts of a window. A row may be there already, made by a receipt that came first: the higher
-- standing wins, and nothing ever falls. Who has opened or acknowledged it is not unknown.
insert into ledger_delivery as d (id, dispatch_id, contact_id, address_id, standing, code, carrier,
    carrier_id, written_at, handed_at, settled_at)
select f.id, f.dispatch_id, f.contact_id, f.address_id, f.standing, f.code, f.carrier,
    f.carrier_id, (select ledger_now()),
    case when mod(f.standing, 100) = 20 then (select ledger_now()) end,
    case when mod(f.standing, 100) >= 30 then (select ledger_now()) end
from unnest(%(ids)s::bigint[], %(dispatches)s::bigint[], %(contacts)s::bigint[],
    %(addresses)s::bigint[], %(standings)s::int[], %(codes)s::text[], %(carriers)s::text[],
    %(carrier_ids)s::text[])
    as f (id, dispatch_id, contact_id, address_id, standing, code, carrier, carrier_id)
on conflict (id) do update set
    standing = greatest(d.standing, excluded.standing + case when mod(excluded.standing, 100) = 10
        and (d.acknowledged_at is not null or d.opened_at is not null) then 10 else 0 end),
    code = case when excluded.standing > d.standing then excluded.code else d.code end,
    carrier = excluded.carrier,
    carrier_id = case when d.carrier_id = '' then excluded.carrier_id else d.carrier_id end,
    handed_at = least(d.handed_at, excluded.handed_at),
    settled_at = case when excluded.standing > d.standing then excluded.settled_at
        else d.settled_at end

-- name: doubled
-- Taken now, and by an earlier attempt as well: a row bears another id of the carrier. Noted, before
-- the window is written.
insert into ledger_attempt (delivery_id, dispatch_id, attempt, code, at, verdict)
select d.id, d.dispatch_id, w.attempt, w.carrier_id, (select ledger_now()), 'many'
from unnest(%(ids)s::bigint[], %(attempts)s::int[], %(carrier_ids)s::text[])
    as w (id, attempt, carrier_id)
join ledger_delivery d on d.id = w.id and d.carrier_id not in ('', w.carrier_id)

-- name: retry
-- What the carrier did not process waits again, under the same delivery ids, one attempt later.
-- What a receipt has shown to be taken after all is left out. Who was not asked was not tried.
with later as (
    select l.batch_id, l.i, l.seconds, l.code, l.asked, b.dispatch_id, coalesce(b.origin_id, b.id) as origin,
        coalesce(b.positions[l.i + 1], l.i) as position, b.contact_ids[l.i + 1] as contact_id,
        b.address_ids[l.i + 1] as address_id, b.attempt, b.account
    from unnest(%(batches)s::bigint[], %(indexes)s::int[], %(seconds)s::float8[], %(codes)s::text[],
        %(asked)s::bool[]) as l (batch_id, i, seconds, code, asked)
    join ledger_batch b on b.id = l.batch_id
), tried as (
    insert into ledger_attempt (delivery_id, dispatch_id, attempt, code, at, account)
    select origin * 1024 + position, dispatch_id, attempt, code, (select ledger_now()), account
    from later where asked
), again as (
    select * from later l
    where not exists (select 1 from ledger_delivery d where d.id = l.origin * 1024 + l.position)
)
insert into ledger_batch (dispatch_id, origin_id, channel, account, wording_id, language, match,
    region, time_zone, attempt, due_at, state, size, positions, contact_ids, address_ids)
select b.dispatch_id, a.origin, b.channel, b.account, b.wording_id, b.language, b.match, b.region,
    b.time_zone, b.attempt + a.asked::int, (select ledger_now()) + make_interval(secs => a.seconds),
    case b.state when 'withdrawn' then 'withdrawn' else 'waiting' end, count(*),
    array_agg(a.position order by a.i), array_agg(a.contact_id order by a.i),
    array_agg(a.address_id order by a.i)
from again a join ledger_batch b on b.id = a.batch_id
group by b.id, a.origin, a.seconds, a.asked

-- name: exclude
-- Who fell out as the window was read: consent, opt-out or erasure since the launch. Whoever a
-- receipt has shown to be written to all the same has a delivery, and is in the books with that.
insert into ledger_exclusion (dispatch_id, contact_id, channel, region, language, reason, at)
select b.dispatch_id, x.contact_id, b.channel, b.region, b.language, x.reason, (select ledger_now())
from unnest(%(batches)s::bigint[], %(ids)s::bigint[], %(contacts)s::bigint[], %(reasons)s::text[])
    as x (batch_id, delivery_id, contact_id, reason)
join ledger_batch b on b.id = x.batch_id
where not exists (select 1 from ledger_delivery d where d.id = x.delivery_id)

-- name: settle
-- The window is closed: all of it has facts now.
update ledger_batch b set settled = b.cursor, early = 0, lease_until = null,
    state = case when b.state = 'withdrawn' then 'withdrawn'
        when b.cursor = b.size then 'done' else 'waiting' end,
    due_at = case when b.cursor < b.size then (select ledger_now()) else b.due_at end
where b.id = any(%(ids)s::bigint[])

-- name: withdraw
-- Stopped or expired dispatches: nothing of them that has not left will leave.
with over as (
    select b.id from ledger_dispatch d join ledger_batch b on b.dispatch_id = d.id
    where d.state in ('enlisting', 'running')
        and (d.stopped_at is not null or d.expires_at <= ledger_now())
        and b.state in ('waiting', 'claimed')
    order by b.id for update of b
)
update ledger_batch b set state = 'withdrawn',
    lease_until = case when b.cursor > b.settled then b.lease_until end
from over where b.id = over.id

-- name: finish
-- A dispatch is complete when nothing is enlisting, waits, is in flight or is openly unknown, and no
-- later stage may still be needed.
update ledger_dispatch d set state = 'complete', completed_at = (select ledger_now())
where d.state = 'running'
    and not exists (select 1 from ledger_batch b where b.dispatch_id = d.id
        and (b.state in ('waiting', 'claimed') or b.cursor > b.settled))
    and not exists (select 1 from ledger_question q where q.dispatch_id = d.id
        and q.closed_at is null)
    and not exists (select 1 from ledger_stage s where s.dispatch_id = d.id
        and s.state in ('waiting', 'enlisting'))
returning d.id

-- name: due_lanes
-- Lanes in which a worker would find something to do now.
select distinct d.lane from ledger_dispatch d
where d.state = 'enlisting' and (d.paused_at is null or d.stopped_at is not null)
    or d.state = 'running' and d.stopped_at is null and d.paused_at is null
    and d.expires_at > ledger_now() and exists (
        select 1 from ledger_batch b
        where b.dispatch_id = d.id and b.state = 'waiting' and b.due_at <= ledger_now())

-- name: squash
-- What the changes of the last seconds come to is added to the sums, minutes and marks, and the changes
-- go: every question reads few rows, however long a dispatch has run. One at a time, or two would wait
-- for each other's sums; who comes second does nothing. `dispatch` null: of all. A quiet house writes
-- nothing.
with turn as materialized (
    select pg_try_advisory_xact_lock(hashtext('ledger.squash')) as mine
), gone as (
    delete from ledger_delta where (select mine from turn)
        and (%(dispatch)s::bigint is null or dispatch_id = %(dispatch)s) returning *
), summed as (
    insert into ledger_sum as s (dispatch_id, channel, region, language, figure, n)
    select dispatch_id, channel, region, language, figure, sum(n) from gone
    group by 1, 2, 3, 4, 5
    on conflict (dispatch_id, channel, region, language, figure) do update set n = s.n + excluded.n
), by_minute as (
    insert into ledger_minute as m (dispatch_id, region, minute, handed_over, delivered, failed, unknown)
    select dispatch_id, coalesce(region, '*'), minute,
        coalesce(sum(n) filter (where figure = 'handed_over'), 0),
        coalesce(sum(n) filter (where figure = 'delivered'), 0),
        coalesce(sum(n) filter (where figure = 'failed'), 0),
        coalesce(sum(n) filter (where figure = 'unknown'), 0)
    from gone where figure in ('handed_over', 'delivered', 'failed', 'unknown')
    group by grouping sets ((dispatch_id, minute, region), (dispatch_id, minute))
    on conflict (dispatch_id, region, minute) do update set
        handed_over = m.handed_over + excluded.handed_over,
        delivered = m.delivered + excluded.delivered,
        failed = m.failed + excluded.failed, unknown = m.unknown + excluded.unknown
)
insert into ledger_mark as k (dispatch_id, n)
select dispatch_id, sum(id) from gone group by dispatch_id
on conflict (dispatch_id) do update set n = k.n + excluded.n
