-- What nobody can say: who asks, what it comes to, and what goes again because of it.

-- name: question
-- Unknown attempts of a window, from now on asked about. A later attempt opens the question again;
-- an earlier one, told late, does not.
insert into ledger_question as q (delivery_id, dispatch_id, why, asked_at, account, attempt,
    next_ask_at)
select d.id, d.dispatch_id, d.code, (select ledger_now()), w.account, w.attempt,
    (select ledger_now()) + %(first)s
from unnest(%(ids)s::bigint[], %(accounts)s::text[], %(attempts)s::int[])
    as w (id, account, attempt)
join ledger_delivery d on d.id = w.id and d.standing = w.attempt * 100 + 10
order by d.id
on conflict (delivery_id) do update set why = excluded.why, asked_at = excluded.asked_at,
    account = excluded.account, attempt = excluded.attempt, next_ask_at = excluded.next_ask_at,
    closed_at = null, verdict = '', asks = 0
where q.attempt < excluded.attempt

-- name: due_questions
-- Open questions whose time has come, the longest waiting first, leased to the caller by their next
-- time; all that is needed to make the message once more, as it was sent.
with due as (
    select q.delivery_id from ledger_question q
    where q.closed_at is null and q.next_ask_at <= ledger_now()
    order by q.next_ask_at limit %(most)s for update skip locked
), asked as (
    update ledger_question q set next_ask_at = (select ledger_now()) + %(lease)s,
        asks = least(q.asks + 1, 999)
    from due where q.delivery_id = due.delivery_id
    returning q.*
)
select q.delivery_id, q.dispatch_id, q.attempt, q.account, q.asks, q.repeats,
    extract(epoch from (select ledger_now()) - q.asked_at)::float8,
    p.mode, p.severity, p.launched_at,
    p.stopped_at is not null or p.expires_at <= (select ledger_now()),
    d.handed_at is not null, b.channel, b.wording_id, b.language, b.region, b.time_zone,
    d.contact_id, d.address_id
from asked q
join ledger_dispatch p on p.id = q.dispatch_id
join ledger_delivery d on d.id = q.delivery_id
join ledger_batch b on b.id = q.delivery_id >> 10
order by q.delivery_id

-- name: ask_later
-- Questions that stay open, and when they are asked again. Those that a receipt answers at this
-- moment are left out: receipts lock many questions in an order of their own.
with held as (
    select q.delivery_id, w.seconds
    from unnest(%(ids)s::bigint[], %(attempts)s::int[], %(seconds)s::float8[])
        as w (id, attempt, seconds)
    join ledger_question q on q.delivery_id = w.id and q.attempt = w.attempt
    where q.closed_at is null for update of q skip locked
)
update ledger_question q
set next_ask_at = (select ledger_now()) + make_interval(secs => held.seconds)
from held where q.delivery_id = held.delivery_id

-- name: close_questions
-- Questions that policy closes though nobody can say: their deliveries stay unknown in the books.
-- Those that a receipt answers at this moment are left out.
with held as (
    select q.delivery_id, w.verdict
    from unnest(%(ids)s::bigint[], %(attempts)s::int[], %(verdicts)s::text[])
        as w (id, attempt, verdict)
    join ledger_question q on q.delivery_id = w.id and q.attempt = w.attempt
    where q.closed_at is null for update of q skip locked
)
update ledger_question q set closed_at = (select ledger_now()), verdict = held.verdict
from held where q.delivery_id = held.delivery_id

-- name: again
-- Unknown deliveries go again. The row leaves and a retry batch is written, in one statement: the
-- state is the one of a message that was refused until later, and receipts that come after all find
-- it in the same ways. Only what is unknown at that very attempt, openly, with no sign that anybody
-- has it; and, unless it is known that nothing was processed, only while the dispatch may send.
-- Rows that a receipt holds at this moment are left out: deliveries are never waited for here.
with held as (
    select d.id, d.dispatch_id, d.contact_id, d.address_id, d.code, w.attempt, w.verdict, w.seconds,
        q.account
    from unnest(%(ids)s::bigint[], %(attempts)s::int[], %(verdicts)s::text[], %(seconds)s::float8[])
        as w (id, attempt, verdict, seconds)
    join ledger_delivery d on d.id = w.id
    join ledger_question q on q.delivery_id = w.id
    where d.standing = w.attempt * 100 + 10 and w.attempt < %(most)s
        and d.handed_at is null and d.acknowledged_at is null and d.opened_at is null
        and q.attempt = w.attempt and q.closed_at is null
        and (w.verdict = 'not_processed' or (
            select p.stopped_at is null and p.expires_at > ledger_now()
            from ledger_dispatch p where p.id = d.dispatch_id))
    order by d.id for update of d, q skip locked
), gone as (
    delete from ledger_delivery d using held where d.id = held.id
), tried as (
    insert into ledger_attempt (delivery_id, dispatch_id, attempt, code, at, account, verdict)
    select id, dispatch_id, attempt, code, (select ledger_now()), account, verdict from held
), closed as (
    update ledger_question q set closed_at = (select ledger_now()), verdict = held.verdict,
        repeats = least(q.repeats + (held.verdict <> 'not_processed')::int, 999)
    from held where q.delivery_id = held.id
), batched as (
    insert into ledger_batch (dispatch_id, origin_id, channel, account, wording_id, language, match,
        region, time_zone, attempt, due_at, state, size, positions, contact_ids, address_ids)
    select b.dispatch_id, b.id, b.channel, coalesce(nullif(h.account, ''), b.account), b.wording_id,
        b.language, b.match, b.region, b.time_zone, h.attempt + 1,
        (select ledger_now()) + make_interval(secs => h.seconds), 'waiting', count(*),
        array_agg(h.id & 1023 order by h.id), array_agg(h.contact_id order by h.id),
        array_agg(h.address_id order by h.id)
    from held h join ledger_batch b on b.id = h.id >> 10
    group by b.id, h.attempt, h.account, h.seconds
)
select id from held

-- name: known_elsewhere
-- Which of these carrier's ids are already known to be other deliveries to these addresses.
select d.id, d.carrier_id from ledger_delivery d
where d.address_id = any(%(addresses)s::bigint[]) and d.carrier_id = any(%(carrier_ids)s::text[])
