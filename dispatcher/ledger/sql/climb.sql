-- What came back from the carriers.

-- name: keep
-- Each event of a carrier once; only the new ones come back.
insert into ledger_receipt (carrier, key, delivery_id, attempt, word, code, at, received_at)
select r.carrier, r.key, r.delivery_id, r.attempt, r.word, r.code, r.at, (select ledger_now())
from unnest(%(carriers)s::text[], %(keys)s::text[], %(ids)s::bigint[], %(attempts)s::int[],
    %(words)s::text[], %(codes)s::text[], %(times)s::timestamptz[])
    as r (carrier, key, delivery_id, attempt, word, code, at)
on conflict (carrier, key) do nothing
returning carrier, key

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

-- name: hold_deliveries
-- The rows that are about to climb, locked in one order: two bundles of receipts cannot deadlock.
select 1 from ledger_delivery where id = any(%(ids)s) order by id for no key update

-- name: modes
-- Drill or real, for each root batch that the receipts speak of.
select b.id, d.mode from ledger_batch b join ledger_dispatch d on d.id = b.dispatch_id
where b.id = any(%(roots)s)

-- name: climb
-- The folded receipts onto their deliveries: the greater standing stands; times are the first seen.
update ledger_delivery d set
    standing = greatest(d.standing, f.standing),
    code = case when f.standing > d.standing then f.code else d.code end,
    carrier_id = case when d.carrier_id = '' then f.carrier_id else d.carrier_id end,
    handed_at = case when f.standing > 0 then coalesce(d.handed_at, (select ledger_now()))
        else d.handed_at end,
    settled_at = case when f.standing > d.standing and mod(f.standing, 100) >= 30
        then (select ledger_now()) else d.settled_at end,
    opened_at = coalesce(d.opened_at, case when f.opened then (select ledger_now()) end),
    acknowledged_at = coalesce(d.acknowledged_at,
        case when f.acknowledged then (select ledger_now()) end)
from unnest(%(ids)s::bigint[], %(standings)s::int[], %(codes)s::text[], %(carrier_ids)s::text[],
    %(opened)s::bool[], %(acknowledged)s::bool[])
    as f (id, standing, code, carrier_id, opened, acknowledged)
where d.id = f.id
    and (f.standing > d.standing or d.carrier_id = '' and f.carrier_id <> ''
        or f.opened and d.opened_at is null or f.acknowledged and d.acknowledged_at is null)

-- name: answered
-- Questions that a receipt has answered.
update ledger_question q set closed_at = (select ledger_now())
from ledger_delivery d
where q.delivery_id = any(%(ids)s) and q.closed_at is null and d.id = q.delivery_id
    and mod(d.standing, 100) > 10

-- name: stray
-- Receipts that belong to nothing that we sent: kept and counted.
update ledger_receipt r set stray = true
from unnest(%(carriers)s::text[], %(keys)s::text[]) as w (carrier, key)
where r.carrier = w.carrier and r.key = w.key
