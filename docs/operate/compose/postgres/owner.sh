#!/bin/sh
# On new data, once: the role that the program and its migrations use, and the database that it owns.
#
# The image's entrypoint runs what lies in /docker-entrypoint-initdb.d as the superuser, before the
# server listens on the network. The password is read by psql itself: it is in no list of processes.
# No extension is needed.
set -eu
: "${POSTGRES_USER:?the superuser}" "${DATABASE_PASSWORD_FILE:?a file with the password of the role}"
export DATABASE_PASSWORD_FILE
# Without a password the role could not sign in, and the data would be there already.
[ -s "$DATABASE_PASSWORD_FILE" ] || { echo "owner.sh: $DATABASE_PASSWORD_FILE is missing" >&2; exit 1; }

psql --no-psqlrc --no-password --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
-- A statement that fails is written to the log, and this one holds a password.
set log_min_error_statement = panic;
\set password `cat "$DATABASE_PASSWORD_FILE"`
create role dispatcher login nosuperuser nocreatedb nocreaterole noreplication nobypassrls
    password :'password';
create database dispatcher owner dispatcher;
revoke all on database dispatcher from public;
SQL
