-- What came back from the carriers.

-- name: lift
-- Receipts of deliveries that have their row, in one statement: each event once, the greater standing
-- onto its delivery, the question that it answers; an unknown that somebody has opened or acknowledged
-- was handed over. A second id of the carrier says that it has the message more than once: noted.
-- How many were new, and the deliveries that have no row or are of the other mode. A delivery is
-- locked, in the order of ids, before anything is written for it: two bundles cannot deadlock.
-- `held` bears what is told of it, too: a prepared plan takes every list for ten rows, and nested the
-- joins of two of them (290 microseconds of the server's CPU a receipt, a thousand at a time; 27 to 53
-- so). Nor may a plan that was made while few questions were open, or few second ids noted, go through
-- all of them for each receipt: `is true` keeps `in` a table of hashes, `coalesce` an index of the open
-- questions out, `limit 1` the look at second ids a look at one.
with f as materialized (
    select * from unnest(%(delivery_ids)s::bigint[], %(standings)s::int[], %(reasons)s::text[],
        %(carrier_ids)s::text[], %(opened)s::bool[], %(acknowledged)s::bool[])
        as f (id, standing, code, carrier_id, opened, acknowledged)
), held as materialized (
    select d.id, d.dispatch_id, d.standing, d.carrier_id, f.standing as told, f.code,
        f.carrier_id as told_id, f.opened, f.acknowledged
    from f join ledger_delivery d on d.id = f.id
    join ledger_dispatch p on p.id = d.dispatch_id and %(mode)s::text in ('', p.mode)
    order by d.id for no key update of d
), kept as (
    insert into ledger_receipt (carrier, key, delivery_id, attempt, word, code, at, received_at)
    select r.carrier, r.key, r.delivery_id, r.attempt, r.word, r.code, r.at, (select ledger_now())
    from unnest(%(carriers)s::text[], %(keys)s::text[], %(ids)s::bigint[], %(attempts)s::int[],
        %(words)s::text[], %(codes)s::text[], %(times)s::timestamptz[])
        as r (carrier, key, delivery_id, attempt, word, code, at)
    where (r.delivery_id in (select id from held)) is true
    on conflict (carrier, key) do nothing
    returning 1
), lifted as (
    update ledger_delivery d set
        standing = greatest(d.standing, h.told,
            case when mod(d.standing, 100) = 10 and (h.opened or h.acknowledged)
                then d.standing + 10 end),
        code = case when h.told > d.standing then h.code else d.code end,
        carrier_id = case when d.carrier_id = '' then h.told_id else d.carrier_id end,
        handed_at = case when h.told > 0 or mod(d.standing, 100) = 10
            then coalesce(d.handed_at, (select ledger_now())) else d.handed_at end,
        settled_at = case when h.told > d.standing and mod(h.told, 100) >= 30
            then (select ledger_now()) else d.settled_at end,
        opened_at = coalesce(d.opened_at, case when h.opened then (select ledger_now()) end),
        acknowledged_at = coalesce(d.acknowledged_at,
            case when h.acknowledged then (select ledger_now()) end)
    from held h
    where d.id = h.id
        and (h.told > d.standing or d.carrier_id = '' and h.told_id <> ''
            or h.opened and d.opened_at is null or h.acknowledged and d.acknowledged_at is null)
), answered as (
    update ledger_question q set closed_at = (select ledger_now()), verdict = %(verdict)s
    from held h
    where q.delivery_id = h.id and coalesce(q.closed_at, 'infinity') = 'infinity'
        and (h.opened or h.acknowledged or mod(greatest(h.standing, h.told), 100) > 10)
), doubled as (
    insert into ledger_attempt (delivery_id, dispatch_id, attempt, code, at, verdict)
    select h.id, h.dispatch_id, h.standing / 100 %% 1000, h.told_id, (select ledger_now()), 'many'
    from held h
    where h.told_id <> '' and h.carrier_id <> '' and h.told_id <> h.carrier_id
        and (select a.id from ledger_attempt a where a.delivery_id = h.id
            and a.dispatch_id = h.dispatch_id and a.verdict = 'many' limit 1) is null
)
select (select count(*) from kept), array(select id from f except select id from held)

-- name: keep_strays
-- Receipts that belong to nothing that we sent: kept, each event once, and counted.
insert into ledger_receipt (carrier, key, delivery_id, attempt, word, code, at, received_at, stray)
select r.carrier, r.key, r.delivery_id, r.attempt, r.word, r.code, r.at, (select ledger_now()), true
from unnest(%(carriers)s::text[], %(keys)s::text[], %(ids)s::bigint[], %(attempts)s::int[],
    %(words)s::text[], %(codes)s::text[], %(times)s::timestamptz[])
    as r (carrier, key, delivery_id, attempt, word, code, at)
on conflict (carrier, key) do nothing

-- name: missing
-- Ids that have no row yet.
select id from unnest(%(ids)s::bigint[]) as w (id)
where not exists (select 1 from ledger_delivery d where d.id = w.id)

-- name: holders
-- The batches that could hold these delivery ids, locked in order.
select id, coalesce(origin_id, id), dispatch_id, account, attempt, cursor, settled, size, positions,
    contact_ids, address_ids
from ledger_batch where id = any(%(roots)s) or origin_id = any(%(roots)s)
order by id for update

-- name: early
-- Rows of the open window that receipts made first.
update ledger_batch b set early = b.early + w.n
from unnest(%(ids)s::bigint[], %(counts)s::int[]) as w (id, n) where b.id = w.id

-- name: drop_from_retry
-- A message that a carrier called not processed was taken after all: it waits no more.
update ledger_batch set size = size - 1,
    positions = positions[:%(i)s] || positions[%(i)s + 2:],
    contact_ids = contact_ids[:%(i)s] || contact_ids[%(i)s + 2:],
    address_ids = address_ids[:%(i)s] || address_ids[%(i)s + 2:],
    state = case when size - 1 = cursor and state = 'waiting' then 'done' else state end
where id = %(id)s

-- name: born
-- Rows for deliveries whose receipt came before our own record; the climb that follows lifts them.
-- Any receipt, also one that was only opened, proves that the carrier took the message.
insert into ledger_delivery (id, dispatch_id, contact_id, address_id, standing, carrier, written_at,
    handed_at)
select f.id, f.dispatch_id, f.contact_id, f.address_id, f.attempt * 100 + 20, f.carrier,
    (select ledger_now()), (select ledger_now())
from unnest(%(ids)s::bigint[], %(dispatches)s::bigint[], %(contacts)s::bigint[],
    %(addresses)s::bigint[], %(attempts)s::int[], %(carriers)s::text[])
    as f (id, dispatch_id, contact_id, address_id, attempt, carrier)

-- name: modes
-- Drill or real, for each root batch that the receipts speak of.
select b.id, d.mode from ledger_batch b join ledger_dispatch d on d.id = b.dispatch_id
where b.id = any(%(roots)s)
