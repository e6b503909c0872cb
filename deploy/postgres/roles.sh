#!/bin/sh
# Makes the roles and gives them their passwords. The image of PostgreSQL runs it once, when the cluster is new; run by hand
# it changes the passwords. Needs POSTGRES_USER (a superuser), POSTGRES_DB and the three passwords.
set -eu
: "${DATABASE_OWNER_PASSWORD:?}" "${DATABASE_APP_PASSWORD:?}" "${DATABASE_BACKUP_PASSWORD:?}"
# Read by psql itself: on its command line every user of the machine could read the passwords.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<SQL
\i ${ROLES_SQL:-/etc/portal/roles.sql}
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv app_password DATABASE_APP_PASSWORD
\getenv backup_password DATABASE_BACKUP_PASSWORD
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
ALTER ROLE portal_owner PASSWORD :'owner_password';
ALTER ROLE portal_app PASSWORD :'app_password';
ALTER ROLE portal_backup PASSWORD :'backup_password';
SQL
# The image admits everybody with a password to the databases, but nobody to the replication that a backup needs.
hba="${PGDATA:-}/pg_hba.conf"
if [ -w "$hba" ] && ! grep -q '^host replication portal_backup' "$hba"; then
    echo 'host replication portal_backup all scram-sha-256' >> "$hba"
fi
