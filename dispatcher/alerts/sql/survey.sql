-- name: examples
-- The few people whose real message a preview shows.
select contact_id, time_zone, sms_id, email_id, push_id
from ({recipients}) recipient
where contact_id = any(%(examples)s::bigint[])
