-- What a walk over a dispatch's rows came to, kept as cells: for pages that must not wait for the
-- walk, and for good when the rows go.

-- name: to_snapshot
-- Large dispatches whose figures have moved since their last snapshot, each so seldom that walking
-- takes at most a fifth of a core; those that were never walked first.
select d.id from ledger_dispatch d left join ledger_snapshot s on s.dispatch_id = d.id
where d.targeted > %(small)s and d.shrunk_at is null
    and (s.at is null or s.at <= ledger_now() - make_interval(secs => greatest(5, 4 * s.seconds))
        and s.mark <> ledger_mark_of(d.id))
order by s.at nulls first, d.id

-- name: room_to_walk
-- For this transaction: what is sorted stays in memory, and one walks at a time.
select set_config('work_mem', '128MB', true), set_config('jit', 'off', true),
    pg_try_advisory_xact_lock(hashtext('ledger.snapshots'), %(dispatch)s::int)

-- name: clear_cells
-- The cells of the last walk.
delete from ledger_cell where dispatch_id = %(dispatch)s

-- name: keep_cells
-- One question's cells; its statement stands in the middle.
insert into ledger_cell (dispatch_id, question, region, key, n, steps, counts)
select %(dispatch)s, %(question)s, w.* from ({walk}) w (region, key, n, steps, counts)

-- name: keep_snapshot
-- When it was walked, how long that took, and which figures it saw.
insert into ledger_snapshot as s (dispatch_id, at, seconds, mark, within)
values (%(dispatch)s, ledger_now(), %(seconds)s, %(mark)s, %(within)s)
on conflict (dispatch_id) do update set at = excluded.at, seconds = excluded.seconds,
    mark = excluded.mark, within = excluded.within

-- name: kept
-- When the snapshot that may be told was made: of a dispatch whose rows have gone the last one, else
-- one that is not older than a minute or ten walks, or that nothing has moved since.
select s.at from ledger_snapshot s join ledger_dispatch d on d.id = s.dispatch_id
where s.dispatch_id = %(dispatch)s and (d.shrunk_at is not null
    or s.at > ledger_now() - make_interval(secs => greatest(60, 10 * s.seconds))
    or s.mark = ledger_mark_of(d.id))

-- name: cells
-- The cells of some questions; the first message is everybody's.
select question, region, key, n, steps, counts from ledger_cell
where dispatch_id = %(dispatch)s and question = any(%(questions)s) and (question = 'first_out'
    or %(regions)s::text[] is null or region = any(%(regions)s)
    or split_part(region, '-', 1) = any(%(regions)s))
