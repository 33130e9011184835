-- The ledger's clock. Leases, due times and the times of facts come from here, so that no worker's
-- own clock counts and tests can let hours pass. Statements write `(select ledger_now())`, which is
-- asked once; bare it is asked for each row, at 4 us, except as the bound of an index.
create or replace function ledger_now() returns timestamptz language sql stable parallel safe as $$
    select clock_timestamp() + coalesce((select shift from ledger_clock limit 1), interval '0')
$$;
