#!/bin/sh
# A real Temporal cluster on this machine, without docker: build | up | status | down | kill-server | start-server |
# restart-postgres. The commands are in cluster-local.mjs.
exec node "$(dirname "$0")/cluster-local.mjs" "$@"
