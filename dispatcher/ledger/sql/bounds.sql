-- The ends of a batch, so that whoever looks for a person need not unpack the lists of two thousand
-- batches: 0.7 s a page at a million people. And what folding writes over and over is written in place.

alter table ledger_batch
    add column first_contact bigint generated always as (contact_ids[1]) stored,
    add column last_contact bigint generated always as (contact_ids[cardinality(contact_ids)]) stored;
alter table ledger_sum set (fillfactor = 60);
alter table ledger_minute set (fillfactor = 60);
alter table ledger_delta set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
