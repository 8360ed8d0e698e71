/**
 * Where a message came from; the `transport` tag of the collector's metrics. The first ones are Zipkin's (zipkin.md 2.1).
 * A name's place in this list is stored in spool records: only append to it.
 */
export const transportNames = [
  'http',
  'grpc',
  'kafka',
  'rabbitmq',
  'activemq',
  'pulsar',
  'scribe',
  'local',
  'otlp-http',
  'otlp-grpc',
  'redis',
  'sqs',
] as const;

export type TransportName = (typeof transportNames)[number];
