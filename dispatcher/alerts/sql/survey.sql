-- name: survey
-- The audience folded to what decides words and channel: one row for all people who are alike, with
-- how many they are and the first of them. In the braces: the query of contacts.reach.
select languages, roles, region, country, culture,
    sms_id is not null as sms, email_id is not null as email, push_id is not null as push,
    count(*) as people, min(contact_id) as example
from ({recipients}) recipient
group by 1, 2, 3, 4, 5, 6, 7, 8
order by people desc, example

-- name: examples
-- The few people whose real message a preview shows.
select contact_id, time_zone, sms_id, email_id, push_id
from ({recipients}) recipient
where contact_id = any(%(examples)s::bigint[])

-- name: zones
-- Where the people's clocks are: quiet hours are theirs. Who has no address waits for nothing.
select time_zone, country, count(*) from ({recipients}) recipient
where coalesce(sms_id, email_id, push_id) is not null
group by time_zone, country
