# Redis, MariaDB and PostgreSQL from Debian. Sourced by scripts/services.sh.
# shellcheck shell=bash
redis_start() { fresh redis; launch redis redis-server --bind 127.0.0.1 --port $1 --save ''; ready redis 10 redis-cli -h 127.0.0.1 -p $1 ping; }
mariadb_start() { local D=$DATA/mariadb; fresh mariadb; chown mysql:mysql "$D"
  mariadb-install-db --no-defaults --user=mysql --datadir="$D/db" --auth-root-authentication-method=normal --skip-test-db > "$D/install.log" 2>&1
  launch mariadb mariadbd --no-defaults --user=mysql --datadir="$D/db" --bind-address=127.0.0.1 --port=$1 --socket="$D/s.sock" --innodb-buffer-pool-size=64M --skip-name-resolve --character-set-server=utf8mb4
  ready mariadb 30 mariadb-admin --no-defaults -h127.0.0.1 -P$1 -uroot ping
  mariadb --no-defaults -S "$D/s.sock" -uroot -e "create database zipkin; create user zipkin@'127.0.0.1' identified by 'zipkin'; grant all on zipkin.* to zipkin@'127.0.0.1'"; }
postgres_start() { local D=$DATA/postgres B as='setpriv --reuid=postgres --regid=postgres --clear-groups'; B=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
  fresh postgres; chown postgres:postgres "$D"; (cd "$D" && $as $B/initdb -D "$D/db" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync > install.log)
  launch postgres $as $B/postgres -D "$D/db" -c listen_addresses=127.0.0.1 -c port=$1 -c unix_socket_directories="$D" -c fsync=off -c shared_buffers=64MB
  ready postgres 30 $B/pg_isready -h 127.0.0.1 -p $1; }
# deb redis-server mariadb-server postgresql; redis_start 16379; mariadb_start 13306; postgres_start 15432; halt redis; halt mariadb; halt postgres INT
