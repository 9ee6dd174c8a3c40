#!/usr/bin/env bash
# Gets the third-party parts that GitHub tests use, into DIR, installing nothing into the system. Prints one line for each:
# its name, and its path or `-` and why it is not there. Usage: github-peers.sh DIR
#
# prism: the directory with Stoplight's validating proxy and `description.json`, GitHub's own description of its API cut down
# to what a destination asks for. Prism 5.16.0 says that it wants Node 24.18; its proxy runs on Node 20.20 as well, so the
# check of engines is off. The whole description (a package of 450 MB unpacked) is removed once it is cut.
set -uo pipefail

readonly PRISM=@stoplight/prism-cli@5.16.0
readonly OPENAPI=@octokit/openapi@23.0.2

mkdir -p "${1:?usage: github-peers.sh DIR}"
dir=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
cut_description=$here/github/cut-description.mjs

# Test files run side by side, and only one of them may install.
exec 9> "$dir/lock"
if command -v flock > /dev/null; then flock 9; fi

prism() {
  local key target scratch log
  key=$(cat "$here/github-peers.sh" "$cut_description" | cksum | cut -d ' ' -f 1)
  target=$dir/prism-$key
  if [ -d "$target" ]; then
    echo "prism $target"
    return
  fi
  scratch=$(mktemp -d "$dir/fetch-XXXXXX")
  log=$scratch.log
  # No retries: without a network this has to be over soon.
  if npm install --prefix "$scratch" --engine-strict=false --ignore-scripts --no-audit --no-fund --loglevel=error \
    --fetch-retries=0 --fetch-timeout=20000 "$PRISM" "$OPENAPI" > "$log" 2>&1 \
    && node "$cut_description" "$scratch/node_modules/@octokit/openapi/generated/api.github.com.json" \
      "$scratch/description.json" >> "$log" 2>&1; then
    rm -rf "$scratch/node_modules/@octokit/openapi"
    mv -T "$scratch" "$target" 2> /dev/null || mv "$scratch" "$target"
    echo "prism $target"
  else
    echo "prism - npm: $(grep -m 1 -i error "$log" | tr -d '\r' | cut -c 1-200)"
  fi
  rm -rf "$scratch" "$log"
}

prism
