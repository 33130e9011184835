-- The proof of the books, kept for whoever watches.

-- name: to_audit
-- Dispatches whose books are to be proven now: those that still move, not more often than once a
-- minute, and so seldom that the proof of one takes at most a fiftieth of a core; and each once more
-- when it is complete. Above `most` people only by hand: the statement would hold up its lane.
select d.id from ledger_dispatch d left join ledger_audit a on a.dispatch_id = d.id
where d.targeted <= %(most)s and d.shrunk_at is null
    and (a.at is null or a.at <= ledger_now() - make_interval(secs => greatest(60, 50 * a.seconds))
        and (d.state <> 'complete' or a.at <= d.completed_at))
order by a.at nulls first, d.id

-- name: note_audit
-- What the proof of a dispatch's books came to.
insert into ledger_audit as a (dispatch_id, at, seconds, off, broken_at)
values (%(dispatch)s, ledger_now(), %(seconds)s, %(off)s,
    case when %(off)s > 0 then ledger_now() end)
on conflict (dispatch_id) do update set at = excluded.at, seconds = excluded.seconds,
    off = excluded.off, broken_at = coalesce(excluded.broken_at, a.broken_at)
