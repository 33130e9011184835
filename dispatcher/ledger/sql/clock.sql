-- The ledger's clock. Leases, due times and the times of facts come from here, so that no worker's
-- own clock counts and tests can let hours pass.
create or replace function ledger_now() returns timestamptz language sql stable parallel safe as $$
    select clock_timestamp() + coalesce((select shift from ledger_clock limit 1), interval '0')
$$;
