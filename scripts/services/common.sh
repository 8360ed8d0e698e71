# Sourced by scripts/services.sh: how a server is fetched, launched, awaited and stopped. CACHE (kept) and DATA (scratch, short for
# Unix sockets) are absolute paths; the search servers run as uid 65534, which must be able to enter both.
# shellcheck shell=bash
set -eu; : "${CACHE:?}" "${DATA:?}"; mkdir -p "$CACHE" "$DATA"; chmod a+rx "$CACHE" "$DATA"
JDK=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
SMALL='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn'
# need DIR yes|no group:artifact:version[:type]...: files (yes: with dependencies) into $CACHE/DIR, once
need() { local d=$CACHE/$1 t=$2 c g a v ty; shift 2; [ ! -f "$d/.done" ] || return 0; rm -rf "$d"; mkdir -p "$d"
  { echo '<project><modelVersion>4.0.0</modelVersion><groupId>ci</groupId><artifactId>ci</artifactId><version>1</version><packaging>pom</packaging><dependencies>'
    for c in "$@"; do IFS=: read -r g a v ty <<<"$c"
      echo "<dependency><groupId>$g</groupId><artifactId>$a</artifactId><version>$v</version><type>${ty:-jar}</type>"
      [ "$t" = yes ] || echo '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>'
      echo '</dependency>'; done; echo '</dependencies></project>'; } > "$d/pom.xml"
  mvn -B -q -ntp -Dmaven.repo.local="$CACHE/m2" -f "$d/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DoutputDirectory="$d" -DincludeScope=runtime && touch "$d/.done"; }
fresh() { local d; for d in "$@"; do rm -rf "${DATA:?}/$d"; mkdir -p "$DATA/$d"; done; }
# launch NAME CMD...: ends an earlier one; log in $DATA/NAME/stdout.log, pid in $DATA/NAME.pid
launch() { local n=$1; shift; halt "$n"; ( cd "$DATA/$n"; exec setsid "$@" > stdout.log 2>&1 < /dev/null ) & echo $! > "$DATA/$n.pid"; }
alive() { case "$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null)" in ''|Z*) return 1;; esac; }
# ready NAME SECONDS CMD...: polls; shows the log and fails on time-out or death
ready() { local n=$1 e=$((SECONDS+$2)) p; p=$(cat "$DATA/$n.pid"); shift 2
  until "$@" > /dev/null 2>&1; do alive "$p" && [ $SECONDS -lt $e ] || { tail -n 30 "$DATA/$n/stdout.log" >&2; return 1; }; sleep 0.1; done; }
port() { (exec 3<> "/dev/tcp/127.0.0.1/$1"); }
# halt NAME [SIGNAL]: asks, waits 30 s, kills the session
halt() { local p i; p=$(cat "$DATA/$1.pid" 2>/dev/null) || return 0; kill -"${2:-TERM}" "$p" 2>/dev/null || :
  for i in $(seq 300); do alive "$p" || break; sleep 0.1; done; ! alive "$p" || kill -KILL -- "-$p"; rm -f "$DATA/$1.pid"; }
# unpack FOLDER ZIP: the server into $CACHE/FOLDER
unpack() { rm -rf "${CACHE:?}/$1"; (cd "$CACHE" && jar xf "$2"); mkdir -p "$CACHE/$1/logs"; chmod a+x "$CACHE/$1"/bin/*; }
seal() { chmod -R a+rX "$1"; touch "$1/.done"; }
# search_start NAME HOME PORT JAVA_HOME (transport on PORT+100)
deb() { # PACKAGE...: installs, starts nothing
  dpkg -s "$@" > /dev/null 2>&1 && return 0; [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d; }
  apt-get update -q > "$DATA/apt.log" && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >> "$DATA/apt.log" 2>&1; }
