#!/bin/sh
# Both databases with the schema of these tools. A one-shot: run again on a full database it brings it up to date or
# changes nothing. The connection comes by the tool's own variables (SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER,
# SQL_PASSWORD); the schema lies where the admin-tools image has it, or in TEMPORAL_SCHEMA.
set -eu

schema=${TEMPORAL_SCHEMA:-/etc/temporal/schema}/postgresql/v12

migrate() {
  temporal-sql-tool --db "$1" create
  temporal-sql-tool --db "$1" setup-schema -v 0.0
  temporal-sql-tool --db "$1" update-schema -d "$schema/$2/versioned"
}

migrate temporal temporal
migrate temporal_visibility visibility
