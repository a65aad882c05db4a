#!/bin/bash
# Makes the three roles and the database, once, when the cluster is new (README.md, Settings).
set -euo pipefail
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
\getenv owner OWNER_PASSWORD
\getenv app APP_PASSWORD
\getenv sealer SEALER_PASSWORD
CREATE ROLE fund_owner LOGIN PASSWORD :'owner';
CREATE ROLE fund_app LOGIN PASSWORD :'app';
CREATE ROLE fund_sealer LOGIN PASSWORD :'sealer';
CREATE DATABASE fund OWNER fund_owner TEMPLATE template0;
REVOKE CONNECT ON DATABASE fund FROM PUBLIC;
GRANT CONNECT ON DATABASE fund TO fund_app, fund_sealer;
SQL
