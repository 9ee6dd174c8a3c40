#!/usr/bin/env bash
# Gets the third-party servers that failover tests use, into DIR, installing nothing into the system. Prints one line for
# each: its name, and its path or `-` and why it is not there. Usage: llm-peers.sh [--build] DIR
# Without --build a program that would have to be compiled is only looked for: tests must not pay for a compiler.
set -uo pipefail

readonly PACKAGES=(llmock==0.2.2 xllamacpp==2026.10.11549 gguf==0.19.0 'numpy<3')
readonly TOXIPROXY=github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0

build=false
if [ "${1:-}" = --build ]; then
  build=true
  shift
fi
mkdir -p "${1:?usage: llm-peers.sh [--build] DIR}"
dir=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)

# Test files run side by side, and only one of them may install.
exec 9> "$dir/lock"
if command -v flock > /dev/null; then flock 9; fi

last_line() { tail -n 1 "$1" | tr -d '\r' | cut -c 1-200; }

python_packages() {
  local key target scratch log
  key=$(cksum < "$here/llm-peers.sh" | cut -d ' ' -f 1)
  target=$dir/python-$key
  if [ -d "$target" ]; then
    echo "python $target"
    return
  fi
  if ! command -v python3 > /dev/null; then
    echo 'python - python3 is not installed'
    return
  fi
  scratch=$(mktemp -d "$dir/fetch-XXXXXX")
  log=$scratch.log
  # No retries: without a network this has to be over soon.
  if python3 -m pip install --quiet --no-input --no-compile --disable-pip-version-check --retries 1 --timeout 10 \
    --target "$scratch" "${PACKAGES[@]}" > "$log" 2>&1; then
    mv -T "$scratch" "$target" 2> /dev/null || mv "$scratch" "$target"
    echo "python $target"
  else
    echo "python - pip: $(grep -m 1 ERROR "$log" || last_line "$log")"
  fi
  rm -rf "$scratch" "$log"
}

toxiproxy() {
  local program
  for program in "$(command -v toxiproxy-server)" "$dir/toxiproxy-server"; do
    if [ -n "$program" ] && [ -x "$program" ]; then
      echo "toxiproxy $program"
      return
    fi
  done
  if ! "$build"; then
    echo 'toxiproxy - toxiproxy-server is not installed (.ci/run builds it where Go is)'
  elif ! command -v go > /dev/null; then
    echo 'toxiproxy - neither toxiproxy-server nor Go is installed'
  elif GOBIN=$dir GOPATH=$dir/go GOCACHE=$dir/go-cache GOFLAGS=-modcacherw go install -p 1 "$TOXIPROXY" > "$dir/go.log" 2>&1; then
    mv "$dir/server" "$dir/toxiproxy-server"
    echo "toxiproxy $dir/toxiproxy-server"
  else
    echo "toxiproxy - go install: $(last_line "$dir/go.log")"
  fi
  rm -rf "$dir/go" "$dir/go-cache" "$dir/go.log"
}

python_packages
toxiproxy
