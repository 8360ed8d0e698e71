# A real Zipkin server (its executable jar), the peer of the differential tests and benchmarks. Sourced by scripts/services.sh.
# shellcheck shell=bash
zipkin_install() { [ -f "$CACHE/zipkin/zipkin-exec.jar" ] && return 0; mkdir -p "$CACHE/zipkin"
  mvn -B -q -ntp -Dmaven.repo.local="$CACHE/m2" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact=io.zipkin:zipkin-server:3.6.1:jar:exec -DoutputDirectory="$CACHE/zipkin" && mv "$CACHE/zipkin/zipkin-server-3.6.1-exec.jar" "$CACHE/zipkin/zipkin-exec.jar"; }
zipkin_start() { # NAME PORT [VARIABLE=VALUE…]
  local n=$1 P=$2; shift 2; fresh "$n"
  launch "$n" env QUERY_PORT="$P" "$@" java -Xmx512m -XX:+UseSerialGC -jar "$CACHE/zipkin/zipkin-exec.jar"
  ready "$n" 90 curl -fsS "http://127.0.0.1:$P/health"; }
