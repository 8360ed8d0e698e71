#!/usr/bin/env bash
# Runs every integration test, group by group, so that the real servers of one group are gone when the next begins: the
# machine may have 2 cores. Goes on after a failure and fails at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
failed=()
group() { # TITLE "SERVICE…" "PATH FRAGMENT…"
  local title=$1 services=$2 fragments=$3 from=$SECONDS
  echo "== integration: $title"
  # shellcheck disable=SC2086
  if [ -n "$services" ] && ! scripts/services.sh start $services; then failed+=("$title (services)"); return; fi
  # shellcheck disable=SC1091
  [ ! -f .cache/services.env ] || . .cache/services.env
  # shellcheck disable=SC2086
  node scripts/test.ts it $fragments || failed+=("$title")
  [ -z "$services" ] || scripts/services.sh stop
  echo "== integration: $title: $((SECONDS - from)) s"
}
group "spool, ClickHouse, kills, server, clients and a real Zipkin beside ours" "zipkin" "packages/collector packages/storage-clickhouse packages/server packages/query test/crash test/zipkin demos"
group "user interface" "zipkin" "packages/ui"
group "tracer, Elasticsearch and OpenSearch" "redis mysql postgres rabbitmq kafka opensearch2 elasticsearch8 zipkin-elasticsearch" "packages/tracer packages/storage-elasticsearch"
[ ${#failed[@]} = 0 ] || { printf 'failed: %s\n' "${failed[@]}"; exit 1; }
