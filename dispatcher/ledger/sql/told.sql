-- What one person was sent, and what they wrote back.

-- name: told_to
-- The newest messages to a person by any of these addresses, by the index of addresses: a handful
-- of rows each. What a shrunk dispatch sent is in its figures only.
select d.id, p.id, p.number, p.mode, p.scenario, p.part, b.channel, b.language, d.address_id,
    d.standing, d.code, d.carrier, d.written_at, d.settled_at, d.opened_at, d.acknowledged_at
from ledger_delivery d
join ledger_batch b on b.id = d.id >> 10
join ledger_dispatch p on p.id = d.dispatch_id
where d.address_id = any(%(addresses)s::bigint[]) and d.contact_id = %(contact)s
order by d.written_at desc, d.id desc limit %(most)s

-- name: written_by
-- What a person wrote back, newest first.
select id, dispatch_id, meaning, text, at, read_at
from ledger_reply where contact_id = %(contact)s
order by id desc limit %(most)s
