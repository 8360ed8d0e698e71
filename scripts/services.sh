#!/usr/bin/env bash
# Real servers for the integration tests, without containers: for a Debian machine with a JDK, Maven, Python and npm that
# reaches nothing but package registries.
#
#   scripts/services.sh install NAME…   fetches what they need, once
#   scripts/services.sh start NAME…   installs and starts; writes `export TRACEKIN_TEST_…` lines to .cache/services.env
#   scripts/services.sh stop          stops everything that was started
#   scripts/services.sh names         what can be started
#
# Then: source .cache/services.env && npm run test:it
#
# TRACEKIN_SERVICES_CACHE keeps what was downloaded (default /var/tmp/tracekin-services).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
env_file=$here/../.cache/services.env
CACHE=${TRACEKIN_SERVICES_CACHE:-/var/tmp/tracekin-services}
DATA=$CACHE/run
# shellcheck source=/dev/null
for part in common search kafka rabbitmq databases zipkin; do . "$here/services/$part.sh"; done

names='elasticsearch7 elasticsearch8 opensearch2 opensearch3 kafka rabbitmq redis mysql postgres zipkin zipkin-elasticsearch'

announce() { echo "export TRACEKIN_TEST_$1=$2" >> "$env_file"; echo "$1 at $2"; }

install() {
  case $1 in
    elasticsearch7) es_install 7.17.29 ;;
    elasticsearch8) es_install 8.19.21 ;;
    opensearch2) os2_install ;;
    opensearch3) os3_install ;;
    kafka) kafka_install 4.3.1 ;;
    rabbitmq) deb rabbitmq-server ;;
    redis) deb redis-server ;;
    mysql) deb mariadb-server ;;
    postgres) deb postgresql ;;
    zipkin | zipkin-elasticsearch) zipkin_install ;;
    *) echo "unknown service $1; one of: $names" >&2; return 2 ;;
  esac
}

start() {
  install "$1"
  case $1 in
    elasticsearch7) es_start 7.17.29 19230; announce ELASTICSEARCH7 http://127.0.0.1:19230 ;;
    elasticsearch8) es_start 8.19.21 19220; announce ELASTICSEARCH8 http://127.0.0.1:19220 ;;
    opensearch2) os2_start 19200; announce OPENSEARCH2 http://127.0.0.1:19200 ;;
    opensearch3) os3_start 19210; announce OPENSEARCH3 http://127.0.0.1:19210 ;;
    kafka) kafka_start 4.3.1 19092; announce KAFKA 127.0.0.1:19092 ;;
    rabbitmq) rabbit_start 15672; announce RABBITMQ amqp://guest:guest@127.0.0.1:15672 ;;
    redis) redis_start 16379; announce REDIS redis://127.0.0.1:16379 ;;
    mysql) mariadb_start 13306; announce MYSQL mysql://zipkin:zipkin@127.0.0.1:13306/zipkin ;;
    postgres) postgres_start 15432; announce POSTGRES postgres://postgres@127.0.0.1:15432/postgres ;;
    zipkin) zipkin_start zipkin 19411; announce ZIPKIN http://127.0.0.1:19411 ;;
    zipkin-elasticsearch) # on the OpenSearch 2 that was started before
      zipkin_start zipkin-elasticsearch 19412 STORAGE_TYPE=elasticsearch ES_HOSTS=http://127.0.0.1:19200
      announce ZIPKIN_ELASTICSEARCH http://127.0.0.1:19412 ;;
  esac
}

case ${1:-} in
  start) shift; mkdir -p "$(dirname "$env_file")"; for name in "$@"; do start "$name"; done ;;
  install) shift; for name in "$@"; do install "$name"; done ;;
  stop)
    for pid in "$DATA"/*.pid; do [ -e "$pid" ] || continue; name=$(basename "$pid" .pid)
      if [ "$name" = postgres ]; then halt "$name" INT; else halt "$name"; fi; done
    rm -f "$env_file" ;;
  names) echo "$names" ;;
  *) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
