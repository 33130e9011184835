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
-- The dispatch of the lane with the fewest slices that still has people to enlist, held for this
-- transaction: the first slice of a new alert comes before the next of a large old one.
-- No key update: a retry batch that refers to the dispatch must not wait for a slice.
select id, mode, plan, cutoff_at, expires_at, severity, slice_cursor, slices,
    stopped_at is not null or expires_at <= ledger_now()
from ledger_dispatch
where lane = %(lane)s and state = 'enlisting' and (paused_at is null or stopped_at is not null)
    and id <> all(%(passing)s::bigint[])
order by slices, launched_at limit 1 for no key update skip locked

-- name: slice
-- The next people of the audience, in the order of their ids; reach's query stands in the middle.
-- `reader` names all that decides who is told what, how and when.
create temporary table slice on commit drop as
select r.*, '' as told,
    jsonb_build_array(languages, roles, region, country, culture, time_zone, '')::text as reader
from ({recipients}) r
where contact_id > %(after)s order by contact_id limit %(most)s

-- name: slice_of
-- The same of people who were chosen by what the ledger knows of them: `told` are the channels by
-- which they have been told before. Of a stakeholder group: who has one of its roles (none: anybody)
-- and none of the groups' before it.
create temporary table slice on commit drop as
select r.*, p.told,
    jsonb_build_array(languages, roles, region, country, culture, time_zone, p.told)::text as reader
from ({recipients}) r join unnest(%(people)s::bigint[], %(tolds)s::text[]) as p (contact_id, told)
    using (contact_id)
where (cardinality(%(roles)s::text[]) = 0 or roles::text[] && %(roles)s::text[])
    and not roles::text[] && %(others)s::text[]

-- name: readers
-- The distinct readers of the slice: a few hundred, so that choosing is not done a person.
select distinct on (reader) reader, languages, roles, region, country, culture, time_zone, told
from slice

-- name: enlist
-- The slice's people into batches and exclusions, each person and ladder slot exactly once.
-- `choice` holds for each reader the channels to try: the lowest place that has an address and a
-- wording wins; when none has, the most telling reason does (who opted out is not "no address").
with choice as (
    select * from unnest(%(readers)s::text[], %(slots)s::int[], %(places)s::int[],
        %(channels)s::text[], %(wordings)s::bigint[], %(languages)s::text[], %(matches)s::text[],
        %(accounts)s::text[], %(blocks)s::text[], %(begins)s::text[], %(dues)s::timestamptz[])
        as c (reader, slot, place, channel, wording_id, language, match, account, block, begins,
            due_at)
), candidate as (
    select s.contact_id, s.region, s.time_zone, c.slot, c.place, c.channel, c.wording_id,
        c.language, c.match, c.account, c.due_at,
        case c.channel when 'sms' then s.sms_id when 'email' then s.email_id
            else s.push_id end as address_id,
        case c.channel when 'sms' then s.sms_key when 'email' then s.email_key
            else s.push_key end as key,
        case when c.block <> '' and (c.begins = '' or s.push_key is not null) then c.block
            else case c.channel when 'sms' then s.sms_block when 'email' then s.email_block
                else s.push_block end end as block
    from slice s join choice c using (reader)
    where c.begins = '' or s.push_key is null or starts_with(s.push_key, c.begins)
), picked as (
    select distinct on (contact_id, slot) * from candidate
    order by contact_id, slot, block is not null,
        case when block is null then place end,
        array_position(array['opted_out', 'suppressed', 'dead', 'no_consent'], block), place
), usable as (
    select p.*, exists (
        select 1 from contacts_address a
        where a.channel = p.channel and a.key = p.key and a.contact_id <> p.contact_id
    ) as shared
    from picked p where block is null
), claimed as (
    insert into ledger_copy (dispatch_id, channel, key, language, contact_id)
    select distinct on (channel, key, language) %(dispatch)s, channel, key, language, contact_id
    from usable where shared order by channel, key, language, contact_id
    on conflict do nothing
    returning channel, key, language, contact_id
), owned as (
    select u.*, coalesce(claimed.contact_id, copy.contact_id) as owner
    from usable u
    left join claimed on u.shared and claimed.channel = u.channel and claimed.key = u.key
        and claimed.language = u.language
    left join ledger_copy copy on u.shared and copy.dispatch_id = %(dispatch)s
        and copy.channel = u.channel and copy.key = u.key and copy.language = u.language
), numbered as (
    select *, row_number() over (
        partition by channel, account, wording_id, language, match, region, time_zone, due_at
        order by contact_id) - 1 as n
    from owned where owner is null or owner = contact_id
), batched as (
    insert into ledger_batch (dispatch_id, channel, account, wording_id, language, match, region,
        time_zone, due_at, state, size, contact_ids, address_ids)
    select %(dispatch)s, channel, account, wording_id, language, match, region, time_zone,
        coalesce(due_at, (select ledger_now())), %(state)s, count(*), array_agg(contact_id order by n),
        array_agg(address_id order by n)
    from numbered
    group by channel, account, wording_id, language, match, region, time_zone, due_at,
        n / %(page)s
    returning size
), excluded as (
    insert into ledger_exclusion (dispatch_id, contact_id, channel, region, language, reason,
        served_by, at)
    select %(dispatch)s, contact_id, channel, region, language, block, null::bigint,
        (select ledger_now())
    from picked where block is not null
    union all
    select %(dispatch)s, contact_id, channel, region, language, 'served_by', owner,
        (select ledger_now())
    from owned where owner <> contact_id
    returning 1
)
select coalesce((select sum(size) from batched), 0), (select count(*) from excluded),
    (select count(*) from slice), (select max(contact_id) from slice),
    (select count(*) from slice where reader not in (select reader from choice))

-- name: slice_done
-- The cursor moves with the slice; the last slice ends the enlisting and forgets shared addresses.
with moved as (
    update ledger_dispatch set slice_cursor = greatest(slice_cursor, %(cursor)s),
        slices = slices + 1, targeted = targeted + %(targeted)s, state = case when %(last)s then 'running' else 'enlisting' end
    where id = %(dispatch)s
)
delete from ledger_copy where dispatch_id = %(dispatch)s and %(last)s
