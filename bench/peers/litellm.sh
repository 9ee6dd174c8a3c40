#!/usr/bin/env bash
# Prints the path of the litellm program: the one on PATH, else one kept in DIR; installs it there (some 500 MB) only with
# `install` as second argument. Usage: litellm.sh DIR [install]
set -euo pipefail

dir=${1:?usage: litellm.sh DIR [install]}/litellm
if [ -x "$dir/bin/litellm" ]; then
  echo "$dir/bin/litellm"
  exit 0
fi
if command -v litellm >/dev/null; then
  command -v litellm
  exit 0
fi
[ "${2:-}" = install ] || { echo 'litellm is not there; --with litellm installs it' >&2; exit 1; }
command -v python3 >/dev/null || { echo 'python3 is not on PATH' >&2; exit 1; }
python3 -m venv "$dir" >&2
"$dir/bin/pip" install --quiet --disable-pip-version-check 'litellm[proxy]' >&2
echo "$dir/bin/litellm"
