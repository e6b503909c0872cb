#!/bin/sh
# Makes the two roles and gives them their passwords. The image of PostgreSQL runs it once, when the cluster is new; run by hand
# it changes the passwords. Needs POSTGRES_USER (a superuser), POSTGRES_DB, DATABASE_OWNER_PASSWORD, DATABASE_APP_PASSWORD.
set -eu
: "${DATABASE_OWNER_PASSWORD:?}" "${DATABASE_APP_PASSWORD:?}"
# Read by psql itself: on its command line every user of the machine could read the passwords.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<SQL
\i ${ROLES_SQL:-/etc/portal/roles.sql}
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv app_password DATABASE_APP_PASSWORD
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
ALTER ROLE portal_owner PASSWORD :'owner_password';
ALTER ROLE portal_app PASSWORD :'app_password';
SQL
