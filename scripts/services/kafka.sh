# Kafka in KRaft mode, one node. Sourced by scripts/services.sh.
# shellcheck shell=bash
kafka_install() { need kafka-$1 yes org.apache.kafka:kafka_2.13:$1 org.slf4j:slf4j-simple:1.7.36; }
kafka_start() { # VERSION PORT (PORT+1 is the controller)
  local P=$2 D=$DATA/kafka cp="$CACHE/kafka-$1/*"; fresh kafka; cat > "$D/server.properties" <<Y
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((P+1))
listeners=PLAINTEXT://127.0.0.1:$P,CONTROLLER://127.0.0.1:$((P+1))
controller.listener.names=CONTROLLER
log.dirs=$D/log
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=16777216
Y
  java -Xmx128m $SMALL -cp "$cp" kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAQ -c "$D/server.properties" > "$D/format.log"
  launch kafka java -Xms256m -Xmx256m $SMALL -cp "$cp" kafka.Kafka "$D/server.properties"; ready kafka 60 port $P; }
# kafka_install 4.3.1; kafka_start 4.3.1 19092; halt kafka      the same with 3.9.2
