#!/usr/bin/env bash
# Prints the path of a restic binary: the one on PATH, else one kept in DIR, else the distribution's package unpacked
# there, else built there through the Go proxy. Installs nothing into the system. Usage: restic.sh DIR
set -euo pipefail

readonly VERSION=v0.18.0
dir=${1:?usage: restic.sh DIR}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

if command -v restic >/dev/null; then
  command -v restic
  exit 0
fi
if [ -x "$dir/restic" ]; then
  echo "$dir/restic"
  exit 0
fi
if command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
  if (cd "$dir" && apt-get download -q restic >&2 && dpkg-deb -x restic_*.deb package &&
    mv package/usr/bin/restic restic && rm -rf package restic_*.deb); then
    echo "$dir/restic"
    exit 0
  fi
fi
if command -v go >/dev/null; then
  # One package at a time and niced: what is measured beside it should not suffer.
  if GOBIN=$dir GOPATH=$dir/go GOCACHE=$dir/go-cache GOFLAGS=-modcacherw nice -n 19 \
    go install -p 1 "github.com/restic/restic/cmd/restic@$VERSION" >&2; then
    rm -rf "$dir/go" "$dir/go-cache"
    echo "$dir/restic"
    exit 0
  fi
  rm -rf "$dir/go" "$dir/go-cache"
fi
echo 'restic is not on PATH, and neither apt-get nor the Go proxy could give it' >&2
exit 1
