#!/usr/bin/env bash
# Real servers for the integration tests, without containers: for a Debian machine with a JDK, Maven, Python and npm that
# reaches nothing but package registries.
#
#   scripts/services.sh start NAME…   installs (once) and starts; writes `export TRACEKIN_TEST_…` lines to .cache/services.env
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

start() {
  case $1 in
    elasticsearch7) es_install 7.17.29; es_start 7.17.29 19230; announce ELASTICSEARCH7 http://127.0.0.1:19230 ;;
    elasticsearch8) es_install 8.19.21; es_start 8.19.21 19220; announce ELASTICSEARCH8 http://127.0.0.1:19220 ;;
    opensearch2) os2_install; os2_start 19200; announce OPENSEARCH2 http://127.0.0.1:19200 ;;
    opensearch3) os3_install; os3_start 19210; announce OPENSEARCH3 http://127.0.0.1:19210 ;;
    kafka) kafka_install 4.3.1; kafka_start 4.3.1 19092; announce KAFKA 127.0.0.1:19092 ;;
    rabbitmq) deb rabbitmq-server; rabbit_start 15672; announce RABBITMQ amqp://guest:guest@127.0.0.1:15672 ;;
    redis) deb redis-server; redis_start 16379; announce REDIS redis://127.0.0.1:16379 ;;
    mysql) deb mariadb-server; mariadb_start 13306; announce MYSQL mysql://zipkin:zipkin@127.0.0.1:13306/zipkin ;;
    postgres) deb postgresql; postgres_start 15432; announce POSTGRES postgres://postgres@127.0.0.1:15432/postgres ;;
    zipkin) zipkin_install; zipkin_start zipkin 19411; announce ZIPKIN http://127.0.0.1:19411 ;;
    zipkin-elasticsearch) # on the OpenSearch 2 that was started before
      zipkin_install
      zipkin_start zipkin-elasticsearch 19412 STORAGE_TYPE=elasticsearch ES_HOSTS=http://127.0.0.1:19200
      announce ZIPKIN_ELASTICSEARCH http://127.0.0.1:19412 ;;
    *) echo "unknown service $1; one of: $names" >&2; return 2 ;;
  esac
}

case ${1:-} in
  start) shift; mkdir -p "$(dirname "$env_file")"; for name in "$@"; do start "$name"; done ;;
  stop)
    for pid in "$DATA"/*.pid; do [ -e "$pid" ] || continue; name=$(basename "$pid" .pid)
      if [ "$name" = postgres ]; then halt "$name" INT; else halt "$name"; fi; done
    rm -f "$env_file" ;;
  names) echo "$names" ;;
  *) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
