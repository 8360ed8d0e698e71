# RabbitMQ from Debian. Sourced by scripts/services.sh.
# shellcheck shell=bash
rabbit_start() { # PORT (PORT+1 epmd, PORT+2 distribution)
  local P=$1 D=$DATA/rabbitmq as='setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups'; fresh rabbitmq rabbitmq-epmd; mkdir -p "$D"/{mnesia,log,home}
  printf 'listeners.tcp.1 = 127.0.0.1:%s\nlog.console = true\nlog.console.level = warning\nlog.file = false\n' $P > "$D/rabbitmq.conf"
  echo '[].' > "$D/enabled_plugins"; chown -R rabbitmq:rabbitmq "$D"
  launch rabbitmq-epmd $as epmd -address 127.0.0.1 -port $((P+1)); ready rabbitmq-epmd 10 port $((P+1))
  launch rabbitmq env HOME="$D/home" LANG=C.UTF-8 RABBITMQ_NODENAME=ci@localhost RABBITMQ_DIST_PORT=$((P+2)) ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=$((P+1)) \
    RABBITMQ_MNESIA_BASE="$D/mnesia" RABBITMQ_LOG_BASE="$D/log" RABBITMQ_CONFIG_FILE="$D/rabbitmq.conf" RABBITMQ_ENABLED_PLUGINS_FILE="$D/enabled_plugins" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' $as /usr/lib/rabbitmq/bin/rabbitmq-server; ready rabbitmq 60 port $P; }
# deb rabbitmq-server; rabbit_start 15672; amqp://guest:guest@127.0.0.1:15672; halt rabbitmq; halt rabbitmq-epmd

