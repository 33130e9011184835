-- Finished dispatches shrink to what their report needs: the sums, and the cells of a last walk.

-- name: to_shrink
-- Dispatches that were complete before `before` and still have rows of people, the oldest first. One
-- whose figures are kept already was left half way.
select d.id from ledger_dispatch d
where d.state = 'complete' and d.completed_at < %(before)s
    and (d.shrunk_at is null or exists (select 1 from ledger_batch b where b.dispatch_id = d.id)
        or exists (select 1 from ledger_exclusion x where x.dispatch_id = d.id))
order by d.completed_at, d.id

-- name: hold_finished
-- The dispatch for this transaction, if it is complete, and whether its figures are kept for good.
select shrunk_at is not null from ledger_dispatch
where id = %(dispatch)s and state = 'complete' for update

-- name: shrunk
-- From now on its figures are those of the last walk.
update ledger_dispatch set shrunk_at = (select ledger_now())
where id = %(dispatch)s and shrunk_at is null

-- name: rows_of_people
-- How many rows of single people a dispatch has, by table: what shrinking would remove.
select 'batches', count(*) from ledger_batch where dispatch_id = %(dispatch)s
union all
select 'deliveries', count(*) from ledger_batch b cross join lateral (select 1 from ledger_delivery
    where id between b.id * 1024 and b.id * 1024 + 1023 offset 0) d
where b.dispatch_id = %(dispatch)s and b.origin_id is null
union all
select 'exclusions', count(*) from ledger_exclusion where dispatch_id = %(dispatch)s

-- name: drop_small
-- What is little beside the deliveries: exclusions, attempts, questions, and the words of replies;
-- receipts go by their delivery.
with gone_exclusions as (
    delete from ledger_exclusion where dispatch_id = %(dispatch)s
), gone_attempts as (
    delete from ledger_attempt where dispatch_id = %(dispatch)s
), gone_questions as (
    delete from ledger_question where dispatch_id = %(dispatch)s
), gone_receipts as (
    delete from ledger_receipt r using ledger_batch b
    where b.dispatch_id = %(dispatch)s and b.id = r.delivery_id >> 10 and not r.stray
)
update ledger_reply set text = '', sender = '', contact_id = null, delivery_id = null
where dispatch_id = %(dispatch)s and read_at is not null

-- name: keep_sums
-- For this transaction: rows that leave are no change of the books.
select set_config('ledger.shrinking', 'on', true)

-- name: drop_page
-- The next batches of a dispatch with their deliveries; how many batches went.
with page as (
    select id from ledger_batch where dispatch_id = %(dispatch)s order by id limit %(most)s
), gone as (
    delete from ledger_delivery d using page
    where d.id between page.id * 1024 and page.id * 1024 + 1023
)
delete from ledger_batch b using page where b.id = page.id
