import { TracekinError } from '@tracekin/model';
import type { ReportFormat } from './reporter/span-encoder.ts';

/** One thing that can be configured through the environment. The documentation is made from this table. */
export interface Setting<T> {
  /** Looked up in this order; the first that is set and not empty counts. */
  readonly env: readonly [string, ...string[]];
  readonly parse: (text: string) => T;
  /** As the documentation says it. */
  readonly fallback: string;
  readonly doc: string;
}

const text = (value: string): string => value;

function number(check: (value: number) => boolean, rule: string): (text: string) => number {
  return value => {
    const parsed = Number(value);
    if (value.trim() === '' || !check(parsed)) throw new RangeError(rule);
    return parsed;
  };
}

function boolean(value: string): boolean {
  if (/^(?:true|1|yes|on)$/i.test(value)) return true;
  if (/^(?:false|0|no|off)$/i.test(value)) return false;
  throw new RangeError('true or false');
}

function list(value: string): readonly string[] {
  return value
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');
}

function pairs(value: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list(value).map(item => {
      const equals = item.indexOf('=');
      if (equals <= 0) throw new RangeError('key=value pairs, separated by commas');
      return [item.slice(0, equals).trim(), item.slice(equals + 1).trim()];
    }),
  );
}

function oneOf<const V extends string>(...values: readonly V[]): (text: string) => V {
  return value => {
    const found = values.find(known => known === value.toLowerCase());
    if (found === undefined) throw new RangeError(`one of ${values.join(', ')}`);
    return found;
  };
}

const share = number(value => value >= 0 && value <= 1, 'a number from 0 to 1');
const count = number(value => Number.isInteger(value) && value > 0, 'a whole number above 0');

/** Values of the settings that were set; see the table below for their meaning. */
export interface Settings {
  readonly enabled?: boolean;
  readonly serviceName?: string;
  readonly endpoint?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly encoding?: ReportFormat;
  readonly gzip?: boolean;
  readonly sampleRate?: number;
  readonly tracesPerSecond?: number;
  readonly ignorePaths?: readonly string[];
  readonly propagation?: readonly string[];
  readonly baggage?: readonly string[];
  readonly supportsJoin?: boolean;
  readonly traceIdBits?: 64 | 128;
  readonly epochPrefix?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  readonly peers?: Readonly<Record<string, string>>;
  readonly disable?: readonly string[];
  readonly flushIntervalMs?: number;
  readonly maxQueuedSpans?: number;
}

/** Everything that `@tracekin/tracer/register` reads. */
export const SETTINGS: { readonly [K in keyof Settings]-?: Setting<NonNullable<Settings[K]>> } = {
  enabled: {
    env: ['TRACEKIN_ENABLED'],
    parse: boolean,
    fallback: 'true; false if OTEL_SDK_DISABLED=true',
    doc: 'False: nothing is traced and nothing is installed.',
  },
  serviceName: {
    env: ['TRACEKIN_SERVICE_NAME', 'OTEL_SERVICE_NAME', 'ZIPKIN_SERVICE_NAME'],
    parse: text,
    fallback: '`npm_package_name`, else the name of the main script',
    doc: 'Name of this service in the UI and the service graph; lower case.',
  },
  endpoint: {
    env: ['TRACEKIN_ENDPOINT', 'ZIPKIN_ENDPOINT', 'OTEL_EXPORTER_ZIPKIN_ENDPOINT', 'ZIPKIN_BASE_URL'],
    parse: text,
    fallback: '`http://localhost:9411`',
    doc: 'Collector: a base URL, to which the path of the encoding is added, or a whole URL.',
  },
  headers: {
    env: ['TRACEKIN_HEADERS'],
    parse: pairs,
    fallback: 'none',
    doc: 'Headers for the collector, `key=value,key=value`, e.g. for authorisation.',
  },
  encoding: {
    env: ['TRACEKIN_ENCODING'],
    parse: oneOf('json-v2', 'json-v1', 'proto3', 'thrift'),
    fallback: '`json-v2`',
    doc: 'Encoding of spans: `json-v2`, `json-v1`, `proto3`, `thrift`.',
  },
  gzip: {
    env: ['TRACEKIN_GZIP'],
    parse: boolean,
    fallback: 'true unless the collector is on this machine',
    doc: 'Compress messages.',
  },
  sampleRate: {
    env: ['TRACEKIN_SAMPLE_RATE', 'ZIPKIN_SAMPLE_RATE', 'OTEL_TRACES_SAMPLER_ARG'],
    parse: share,
    fallback: '`1`',
    doc: 'Share of the traces that start here which are kept, 0 to 1.',
  },
  tracesPerSecond: {
    env: ['TRACEKIN_TRACES_PER_SECOND'],
    parse: number(value => value >= 0, 'a number, 0 or more'),
    fallback: 'no limit',
    doc: 'Keeps at most so many new traces in a second. Instead of the sample rate.',
  },
  ignorePaths: {
    env: ['TRACEKIN_IGNORE_PATHS'],
    parse: list,
    fallback: 'none',
    doc: 'Requests whose path starts with one of these start no sampled trace, e.g. `/health,/metrics`.',
  },
  propagation: {
    env: ['TRACEKIN_PROPAGATION', 'OTEL_PROPAGATORS'],
    parse: list,
    fallback: '`b3multi,tracecontext`',
    doc: 'Formats written to outgoing requests: `b3`, `b3multi`, `tracecontext`, `xray`. All are read. `baggage` is accepted and ignored: baggage fields are declared.',
  },
  baggage: {
    env: ['TRACEKIN_BAGGAGE'],
    parse: list,
    fallback: 'none',
    doc: 'Names of the baggage fields that travel with a trace.',
  },
  supportsJoin: {
    env: ['TRACEKIN_SUPPORTS_JOIN'],
    parse: boolean,
    fallback: '`true`',
    doc: 'Client and server share one span id (Zipkin); false: the server span is a child (OpenTelemetry).',
  },
  traceIdBits: {
    env: ['TRACEKIN_TRACE_ID_BITS'],
    parse: value => (oneOf('64', '128')(value) === '64' ? 64 : 128),
    fallback: '`128`',
    doc: 'Length of new trace ids: 64 or 128.',
  },
  epochPrefix: {
    env: ['TRACEKIN_TRACE_ID_EPOCH'],
    parse: boolean,
    fallback: '`false`',
    doc: 'Start 128-bit trace ids with the epoch second, as X-Ray requires.',
  },
  tags: {
    env: ['TRACEKIN_TAGS'],
    parse: pairs,
    fallback: 'none',
    doc: 'Tags for every span, `key=value,key=value`.',
  },
  peers: {
    env: ['TRACEKIN_PEERS'],
    parse: pairs,
    fallback: 'none',
    doc: 'Service names of peers that report none, `host:port=name,…`.',
  },
  disable: {
    env: ['TRACEKIN_DISABLE'],
    parse: list,
    fallback: 'none',
    doc: 'Instrumentations to leave out: `http-server`, `http-client`, `fetch`, `express`, `fastify`, `graphql`, `mysql2`, `redis`, `ioredis`, `kafka`.',
  },
  flushIntervalMs: {
    env: ['TRACEKIN_FLUSH_INTERVAL_MS'],
    parse: count,
    fallback: '`1000`',
    doc: 'The longest that a finished span waits to be sent, milliseconds.',
  },
  maxQueuedSpans: {
    env: ['TRACEKIN_MAX_QUEUED_SPANS'],
    parse: count,
    fallback: '`10000`',
    doc: 'Spans that may wait for the collector; more are dropped and counted.',
  },
};

/** Reads the environment. A value that breaks its rule is a TracekinError of code `invalid-configuration` naming the variable. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const name = setting.env.find(candidate => env[candidate] !== undefined && env[candidate] !== '');
    if (name === undefined) continue;
    const value = env[name]!;
    try {
      values[key] = setting.parse(value);
    } catch (error) {
      throw new TracekinError('invalid-configuration', `${name} must be ${(error as Error).message}, was "${value}"`);
    }
  }
  if (values['enabled'] === undefined && env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') values['enabled'] = false;
  return values as Settings;
}
