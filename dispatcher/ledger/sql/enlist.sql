-- The audience becomes batches and exclusions, slice by slice.

-- name: open_dispatch
-- One dispatch for one alert, whoever asks and however often.
insert into ledger_dispatch (alert_ref, number, mode, scenario, part, severity, lane, launched_by,
    launched_at, cutoff_at, expires_at, plan)
values (%(alert_ref)s, %(number)s, %(mode)s, %(scenario)s, %(part)s, %(severity)s, %(lane)s,
    %(launched_by)s, ledger_now(), ledger_now(), %(expires_at)s, %(plan)s)
on conflict (alert_ref) do nothing
returning id

-- name: next_to_enlist
-- The dispatch of the lane with the fewest slices that still has people to enlist: the first slice of
-- a new alert comes before the next of a large old one. Its right to be enlisted is held for this
-- transaction, and not its row: a pause, a stop or a receipt must not wait for a slice.
select id from (
    select id from ledger_dispatch
    where lane = %(lane)s and state = 'enlisting' and (paused_at is null or stopped_at is not null)
        and id <> all(%(passing)s::bigint[])
    order by slices, launched_at offset 0
) d
where pg_try_advisory_xact_lock(hashtext('ledger.enlisting'), d.id::int) limit 1

-- name: to_enlist
-- The same dispatch as it is now that nobody else can enlist it: another may have written a slice,
-- the last one even, between our look and our lock.
select id, mode, plan, cutoff_at, expires_at, severity, slice_cursor, slices,
    stopped_at is not null or expires_at <= ledger_now()
from ledger_dispatch
where id = %(dispatch)s and state = 'enlisting' and (paused_at is null or stopped_at is not null)

-- name: room
-- For this transaction: what is sorted stays in memory, and nothing is compiled for a slice.
select set_config('work_mem', '64MB', true), set_config('jit', 'off', true)

-- name: bound
-- How far the next people of the audience reach, and how many they are.
select coalesce(max(contact_id), %(after)s), count(*) from (
    select contact_id from ({recipients}) r
    where contact_id > %(after)s order by contact_id limit %(most)s
) next_people

-- name: slice
-- The people of the audience between two contact ids; reach's query stands in the middle, fenced by
-- `offset 0`: else each of its columns is worked out again for each place that names it.
-- `reader` stands for all that decides who is told what, how and when; `pile` also for what can be
-- used of their addresses. 64 bits of a hash: among a few thousand readers two are taken for one in
-- one slice of 10^12.
create temporary table slice on commit drop as
select contact_id, region, country, languages, roles, culture, time_zone, ''::text as told,
    sms_id, sms_key, sms_block, sms_shared, email_id, email_key, email_block, email_shared,
    push_id, push_key, push_block, push_shared, reader, hashint8extended(footing, reader) as pile
from (select *, hash_record_extended(
        row(languages, roles, region, country, culture, time_zone, ''::text), 0) as reader
    from ({recipients}) r offset 0) r
where contact_id > %(after)s and contact_id <= %(upto)s

-- name: slice_of
-- The same of people who were chosen by what the ledger knows of them: `told` are the channels by
-- which they have been told before. Of a stakeholder group: who has one of its roles (none: anybody)
-- and none of the groups' before it.
create temporary table slice on commit drop as
select contact_id, region, country, languages, roles, culture, time_zone, told,
    sms_id, sms_key, sms_block, sms_shared, email_id, email_key, email_block, email_shared,
    push_id, push_key, push_block, push_shared, reader, hashint8extended(footing, reader) as pile
from (select r.*, p.told, hash_record_extended(
        row(languages, roles, region, country, culture, time_zone, p.told), 0) as reader
    from ({recipients}) r
    join unnest(%(people)s::bigint[], %(tolds)s::text[]) as p (contact_id, told) using (contact_id)
    offset 0) r
where (cardinality(%(roles)s::text[]) = 0 or roles::text[] && %(roles)s::text[])
    and not roles::text[] && %(others)s::text[]

-- name: piles
-- One person of each pile of the slice: a few thousand, so that nothing is decided once a person.
-- Neither table is analysed: what the planner takes for granted (few piles) is so.
create temporary table pile on commit drop as
select s.* from slice s
join (select min(contact_id) as contact_id from slice group by pile) first using (contact_id)

-- name: readers
-- The distinct readers of the slice, so that choosing is not done a person.
select distinct on (reader) reader, languages, roles, region, country, culture, time_zone, told
from pile order by reader

-- name: by_hash
-- For this transaction: of temporary tables without statistics the planner may think that they hold
-- nobody, and look through one for each row of the other. Rows go back to nobody, hence one row.
select set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true)

-- name: enlist
-- The slice's people into batches and exclusions, each person and ladder slot exactly once.
-- `choice` holds for each reader the channels to try: the lowest place that has an address and a
-- wording wins; when none has, the most telling reason does (who opted out is not "no address").
-- A push address that no account understands is one that nobody can carry: it stays in the books.
-- All of it is decided once a pile; of each person only numbers are read, and only once, but of
-- those whose address is somebody else's too.
with choice as (
    select * from unnest(%(readers)s::bigint[], %(slots)s::int[], %(places)s::int[],
        %(channels)s::text[], %(wordings)s::bigint[], %(languages)s::text[], %(matches)s::text[],
        %(accounts)s::text[], %(blocks)s::text[], %(begins)s::text[], %(dues)s::timestamptz[])
        as c (reader, slot, place, channel, wording_id, language, match, account, block, begins,
            due_at)
), candidate as (
    select o.pile, o.region, o.time_zone, c.slot, c.place, c.channel, c.wording_id, c.language,
        c.match, c.account, c.due_at, fits,
        case when not fits then 'no_carrier'
            when c.block <> '' and (c.begins = '' or o.push_key is not null) then c.block
            else case c.channel when 'sms' then o.sms_block when 'email' then o.email_block
                else o.push_block end end as block
    from pile o join choice c using (reader)
    cross join lateral (select
        c.begins = '' or o.push_key is null or starts_with(o.push_key, c.begins) as fits) as f
), decided as (
    select distinct on (pile, slot) * from candidate
    order by pile, slot, block is not null,
        case when block is null then place end,
        array_position(array['opted_out', 'suppressed', 'dead', 'no_consent'], block), place,
        fits desc
), picked as materialized (
    select *, row_number() over () as pick, dense_rank() over (
        order by channel, account, wording_id, language, match, region, time_zone, due_at) as heap,
        case when block is null then channel end as by
    from decided
), placed as materialized (
    select s.contact_id, p.pick, case when block is null then p.heap end as heap,
        case p.by when 'sms' then s.sms_id when 'email' then s.email_id when 'push' then s.push_id
            end as address_id,
        case p.by when 'sms' then case when s.sms_shared then s.sms_key end
            when 'email' then case when s.email_shared then s.email_key end
            when 'push' then case when s.push_shared then s.push_key end end as key
    from slice s join picked p using (pile)
), sharing as materialized (
    select s.contact_id, s.address_id, s.key, s.pick, s.heap, p.channel, p.language, p.region
    from placed s join picked p using (pick) where s.key is not null
), claimed as (
    insert into ledger_copy (dispatch_id, channel, key, language, contact_id)
    select distinct on (channel, key, language) %(dispatch)s, channel, key, language, contact_id
    from sharing order by channel, key, language, contact_id
    on conflict do nothing
    returning channel, key, language, contact_id
), owned as materialized (
    select u.*, coalesce(claimed.contact_id, copy.contact_id) as owner
    from sharing u
    left join claimed on claimed.channel = u.channel and claimed.key = u.key
        and claimed.language = u.language
    left join ledger_copy copy on copy.dispatch_id = %(dispatch)s
        and copy.channel = u.channel and copy.key = u.key and copy.language = u.language
), heaped as (
    select heap, array_agg(contact_id) as contact_ids, array_agg(address_id) as address_ids
    from (
        select heap, contact_id, address_id from (
            select heap, contact_id, address_id from placed where heap is not null and key is null
            union all
            select heap, contact_id, address_id from owned where owner = contact_id
        ) going order by heap, contact_id
    ) sorted
    group by heap
), batched as (
    insert into ledger_batch (dispatch_id, channel, account, wording_id, language, match, region,
        time_zone, due_at, state, size, contact_ids, address_ids)
    select %(dispatch)s, p.channel, p.account, p.wording_id, p.language, p.match, p.region,
        p.time_zone, coalesce(p.due_at, (select ledger_now())), %(state)s,
        cardinality(h.contact_ids[n + 1 : n + %(page)s]), h.contact_ids[n + 1 : n + %(page)s],
        h.address_ids[n + 1 : n + %(page)s]
    from heaped h
    join (select distinct on (heap) * from picked where block is null order by heap) p using (heap)
    cross join lateral generate_series(0, cardinality(h.contact_ids) - 1, %(page)s) as n
    returning size
), excluded as (
    insert into ledger_exclusion (dispatch_id, contact_id, channel, region, language, reason,
        served_by, at)
    select %(dispatch)s, s.contact_id, p.channel, p.region, p.language, p.block, null::bigint,
        (select ledger_now())
    from placed s join picked p using (pick) where s.heap is null
    union all
    select %(dispatch)s, contact_id, channel, region, language, 'served_by', owner,
        (select ledger_now())
    from owned where owner <> contact_id
    returning 1
)
select coalesce((select sum(size) from batched), 0), (select count(*) from excluded),
    (select count(*) from pile where pile not in (select pile from picked))

-- name: slice_done
-- The cursor moves with the slice; the last slice ends the enlisting and forgets shared addresses.
with moved as (
    update ledger_dispatch set slice_cursor = greatest(slice_cursor, %(cursor)s),
        slices = slices + 1, targeted = targeted + %(targeted)s, state = case when %(last)s then 'running' else 'enlisting' end
    where id = %(dispatch)s
)
delete from ledger_copy where dispatch_id = %(dispatch)s and %(last)s
