#!/bin/sh
# Namespace, retention and search attributes. A one-shot that can run again: what is there already is kept.
# TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE are the CLI's own variables.
set -eu

namespace=$TEMPORAL_NAMESPACE

# A server that has just come up answers before it can do all, and learns of a new namespace seconds later.
patiently() {
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || return 1
    sleep 2
  done
}

exists() {
  temporal operator namespace describe --namespace "$namespace" > /dev/null 2>&1
}

attribute() {
  attributes=$(patiently temporal operator search-attribute list)
  printf '%s\n' "$attributes" | grep -qw "$1" || temporal operator search-attribute create --name "$1" --type "$2"
}

patiently temporal operator cluster health
exists || temporal operator namespace create --namespace "$namespace" --retention 7d
patiently temporal operator namespace update --namespace "$namespace" --retention 7d

attribute NxsNode Keyword
attribute NxsKind Keyword
attribute NxsOutcome Keyword
attribute NxsLevel Int
attribute NxsAwaitingApproval Bool
