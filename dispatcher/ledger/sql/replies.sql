-- What people wrote back.

-- name: newest_to
-- The last message of this mode to one of these addresses, within that time and not known to have
-- failed: what somebody who answers from there has before them.
select d.id, d.dispatch_id, d.contact_id, b.language, b.region
from ledger_delivery d
join ledger_batch b on b.id = d.id >> 10
join ledger_dispatch p on p.id = d.dispatch_id
where d.address_id = any(%(addresses)s::bigint[]) and p.mode = %(mode)s
    and d.written_at > (select ledger_now()) - %(within)s and mod(d.standing, 100) not in (30, 50)
order by d.written_at desc, d.id desc limit 1

-- name: keep_reply
-- Each message to us once; nothing comes back when it was there already.
insert into ledger_reply (carrier, carrier_id, mode, meaning, text, sender, region, dispatch_id,
    delivery_id, contact_id, at, read_at)
values (%(carrier)s, %(carrier_id)s, %(mode)s, %(meaning)s, %(text)s, %(sender)s, %(region)s,
    %(dispatch_id)s, %(delivery_id)s, %(contact_id)s, (select ledger_now()),
    case when %(settled)s then (select ledger_now()) end)
on conflict (carrier, carrier_id) do nothing
returning id

-- name: unread_replies
-- What nobody has looked at yet, oldest first.
select id, dispatch_id, contact_id, sender, region, meaning, text, at
from ledger_reply
where read_at is null and mode = %(mode)s
    and (%(regions)s::text[] is null or region = any(%(regions)s))
order by id limit %(most)s

-- name: read_replies
-- Somebody has looked at them; who did first stays.
update ledger_reply set read_at = (select ledger_now()), read_by = %(by)s
where id = any(%(ids)s::bigint[]) and read_at is null

-- name: forget_replies
-- The words of people who are forgotten; that they answered stays.
update ledger_reply set text = '', sender = '' where contact_id = any(%(contacts)s::bigint[])
