import { TracekinError } from '@tracekin/model';

/** A feature that Zipkin configures by environment and this server lacks. */
interface ZipkinOnly {
  readonly variables: readonly string[];
  /** Set to false, this says that the feature is not wanted. */
  readonly switch?: string;
  readonly feature: string;
  /** What happens instead. Errors are for what would lose spans in silence. */
  readonly severity: 'error' | 'warning';
  readonly advice: string;
}

const ZIPKIN_ONLY: readonly ZipkinOnly[] = [
  ...(
    [
      ['Kafka', 'COLLECTOR_KAFKA_ENABLED', ['KAFKA_BOOTSTRAP_SERVERS']],
      ['RabbitMQ', 'COLLECTOR_RABBITMQ_ENABLED', ['RABBIT_ADDRESSES', 'RABBIT_URI']],
      ['ActiveMQ', 'COLLECTOR_ACTIVEMQ_ENABLED', ['ACTIVEMQ_URL']],
      ['Pulsar', 'COLLECTOR_PULSAR_ENABLED', ['PULSAR_SERVICE_URL']],
    ] as const
  ).map(
    ([name, enabled, variables]): ZipkinOnly => ({
      variables,
      switch: enabled,
      feature: `the ${name} collector`,
      severity: 'error',
      advice: `Spans sent there would never arrive. Unset the variable, or set ${enabled}=false.`,
    }),
  ),
  {
    variables: ['COLLECTOR_SCRIBE_ENABLED', 'SCRIBE_ENABLED'],
    feature: 'the Scribe collector',
    severity: 'error',
    advice: 'Spans sent there would never arrive. Unset the variable and let clients post to /api/v2/spans.',
  },
  {
    variables: ['EUREKA_SERVICE_URL'],
    switch: 'DISCOVERY_EUREKA_ENABLED',
    feature: 'registration with Eureka',
    severity: 'warning',
    advice: 'Point clients at this server directly.',
  },
  {
    variables: ['ES_HEALTH_CHECK_ENABLED', 'ES_HEALTH_CHECK_INTERVAL'],
    switch: 'ES_HEALTH_CHECK_ENABLED',
    feature: 'a separate health check of Elasticsearch hosts',
    severity: 'warning',
    advice: 'Hosts that fail are left out as requests meet them.',
  },
  {
    variables: ['AUTOCOMPLETE_TTL', 'AUTOCOMPLETE_CARDINALITY'],
    feature: 'a cache that keeps autocomplete values from being written again',
    severity: 'warning',
    advice: 'It is not needed: storages keep each value once.',
  },
  {
    variables: ['ZIPKIN_UI_INSTRUMENTED'],
    feature: 'instrumentation of pages',
    severity: 'warning',
    advice: "The variable has no effect in current versions of Zipkin's UI either.",
  },
  {
    variables: ['STORAGE_THROTTLE_ENABLED'],
    feature: 'storage throttling',
    severity: 'warning',
    advice: 'It is not needed: the spool takes up what storage cannot keep pace with.',
  },
];

const ZIPKIN_STORAGE = new Set(['cassandra', 'cassandra3', 'mysql', 'xray', 'stackdriver', 'kafka']);

/**
 * Warnings about variables of Zipkin's that have no effect here.
 * @throws TracekinError `invalid-configuration` where ignoring one would lose spans
 */
export function checkZipkinOnly(env: Readonly<Record<string, string | undefined>>): string[] {
  const storage = env['STORAGE_TYPE']?.toLowerCase();
  if (storage !== undefined && ZIPKIN_STORAGE.has(storage)) {
    throw new TracekinError(
      'invalid-configuration',
      `STORAGE_TYPE=${storage} is a storage of Zipkin's that Tracekin does not have. Use clickhouse, elasticsearch or mem.`,
    );
  }
  const warnings: string[] = [];
  for (const row of ZIPKIN_ONLY) {
    const found = row.variables.find(name => (env[name] ?? '') !== '' && env[name]?.toLowerCase() !== 'false');
    if (found === undefined || (row.switch !== undefined && env[row.switch]?.toLowerCase() === 'false')) continue;
    const message = `${found} is set, but Tracekin does not have ${row.feature}. ${row.advice}`;
    if (row.severity === 'error') throw new TracekinError('invalid-configuration', message);
    warnings.push(message);
  }
  return warnings;
}
