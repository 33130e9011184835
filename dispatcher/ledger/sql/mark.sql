-- A number that moves with the figures of a dispatch, and not when deltas are folded: the ids of all
-- changes, added up. Not the greatest id: of two changes that are made at the same time the one with
-- the smaller id may be committed last.

create or replace function ledger_mark_of(dispatch bigint) returns bigint
language sql stable parallel safe as $$
    select coalesce((select n from ledger_mark where dispatch_id = dispatch), 0)
        + coalesce((select sum(id) from ledger_delta where dispatch_id = dispatch), 0)::bigint
$$;
