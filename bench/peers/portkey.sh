#!/usr/bin/env bash
# Prints the path of Portkey's gateway, installed into DIR when it is not there. The neighbours are pinned: with newer ones
# its streams are broken. Usage: portkey.sh DIR
set -euo pipefail

dir=${1:?usage: portkey.sh DIR}/portkey-1.15.2
entry=$dir/node_modules/@portkey-ai/gateway/build/start-server.js
if [ ! -f "$entry" ]; then
  command -v npm >/dev/null || { echo 'npm is not on PATH' >&2; exit 1; }
  mkdir -p "$dir"
  cat >"$dir/package.json" <<'JSON'
{
  "private": true,
  "dependencies": { "@portkey-ai/gateway": "1.15.2" },
  "overrides": { "@hono/node-server": "1.13.5", "hono": "4.9.7" }
}
JSON
  (cd "$dir" && npm install --silent --no-audit --no-fund --ignore-scripts >&2)
fi
[ -f "$entry" ] || { echo 'the npm registry did not give @portkey-ai/gateway' >&2; exit 1; }
echo "$entry"
