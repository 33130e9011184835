-- Once, on data from before the program had a role of its own: its superuser `dispatcher` becomes
-- `postgres`, who has no password and enters by the socket inside the container alone; a new role
-- `dispatcher` without rights over the server owns the database, by the old password and address.
-- All or nothing. Stop what is connected first: its sessions would stay the superuser's.
\set ON_ERROR_STOP on
begin;
set local log_min_error_statement = panic;
-- Nobody can rename who they are.
create role mover superuser;
set session authorization mover;
alter role dispatcher rename to postgres;
select format('create role dispatcher login nosuperuser nocreatedb nocreaterole password %L',
    rolpassword) from pg_authid where rolname = 'postgres' \gexec
alter role postgres password null;
alter database dispatcher owner to dispatcher;
revoke all on database dispatcher from public;

-- REASSIGN OWNED refuses what the first superuser owns. Sequences of columns follow their tables.
select format('alter table %s owner to dispatcher', oid::regclass) from pg_class
where relnamespace = 'public'::regnamespace and relowner = 'postgres'::regrole
    and relkind in ('r', 'p', 'v', 'm', 'f') \gexec
select format('alter sequence %s owner to dispatcher', c.oid::regclass) from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relowner = 'postgres'::regrole
    and c.relkind = 'S' and not exists (select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')) \gexec
select format('alter routine %s owner to dispatcher', oid::regprocedure) from pg_proc
where pronamespace = 'public'::regnamespace and proowner = 'postgres'::regrole \gexec

reset session authorization;
drop role mover;
commit;
