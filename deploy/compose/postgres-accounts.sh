#!/bin/bash
# Runs once, on an empty data folder: one database and one account per service. An account owns its database, which
# its migrations need, and cannot connect to any other.
set -euo pipefail

secrets=${DOORWARD_SECRETS:-/run/doorward/own}
psql() { command psql --username postgres --dbname postgres --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@"; }

psql --command 'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC'
for service in client-registry identity organization token-signing; do
    psql --set name="${service//-/_}" --set file="$secrets/$service-password" <<'SQL'
\set password `cat :'file'`
CREATE ROLE :"name" LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0;
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
