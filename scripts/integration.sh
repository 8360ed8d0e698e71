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
group "spool, ClickHouse and kills" "" "packages/collector packages/storage-clickhouse test/crash"
group "a real Zipkin beside ours" "zipkin" "test/zipkin"
group "server and clients" "" "packages/server packages/query demos"
group "user interface" "zipkin" "packages/ui"
group "tracer" "redis mysql postgres rabbitmq kafka" "packages/tracer"
group "Elasticsearch and OpenSearch" "opensearch2 elasticsearch8 zipkin-elasticsearch" "packages/storage-elasticsearch"
[ ${#failed[@]} = 0 ] || { printf 'failed: %s\n' "${failed[@]}"; exit 1; }
