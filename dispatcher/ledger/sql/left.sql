-- A delivery's row leaves for two reasons only: an unknown is sent again and waits (`again`), or a
-- finished dispatch is shrunk. The first is booked here, in the transaction of the change. Who
-- shrinks keeps the sums as they are, with `set local ledger.shrinking = 'on'`.

create or replace function ledger_delivery_left() returns trigger language plpgsql as $$
begin
    if current_setting('ledger.shrinking', true) = 'on' then
        return null;
    end if;
    insert into ledger_delta (dispatch_id, minute, channel, region, language, figure, n)
    select b.dispatch_id, date_trunc('minute', ledger_now()), b.channel, b.region, b.language,
           ledger_figure(d.standing), -count(*)
    from left_behind d join ledger_batch b on b.id = d.id >> 10
    group by b.dispatch_id, b.channel, b.region, b.language, 6;
    return null;
end $$;

create trigger delivery_left after delete on ledger_delivery
    referencing old table as left_behind
    for each statement execute function ledger_delivery_left();
