import type { Span } from '@tracekin/model';
import { Random } from './random.ts';

export interface JaegerShapeOptions {
  /** Same seed, same spans. Default 1. */
  readonly seed?: number;
  /** Services, and spans in a trace: each trace visits every service once. Default 10. */
  readonly services?: number;
  /** Spans in one message, all of one service. Default 100. */
  readonly spansPerMessage?: number;
  /** Start of the first trace, in microseconds. Default 2026-11-21T00:00:00Z. */
  readonly startMicros?: number;
  /** Time from one trace to the next, in microseconds. Default 1000. */
  readonly stepMicros?: number;
  /** Different values of the three tags of high cardinality: `request.id`, `user.id`, `http.url`. Default 1,000,000. */
  readonly highCardinality?: number;
  /** Different values of each of the other tags. Default 10. */
  readonly lowCardinality?: number;
}

/** The values of every option that is left out. */
export const JAEGER_SHAPE_DEFAULTS: Required<JaegerShapeOptions> = {
  seed: 1,
  services: 10,
  spansPerMessage: 100,
  startMicros: 1_795_219_200_000_000,
  stepMicros: 1000,
  highCardinality: 1_000_000,
  lowCardinality: 10,
};

/**
 * Spans shaped as in Jaeger's published storage benchmark: traces of 10 spans over 10 services, 11 tags of which 3 have
 * high cardinality, about 624 bytes a span as JSON v2.
 */
export class JaegerShape {
  readonly options: Required<JaegerShapeOptions>;
  readonly #random: Random;
  #traces = 0;

  constructor(options: JaegerShapeOptions = {}) {
    this.options = { ...JAEGER_SHAPE_DEFAULTS, ...options };
    this.#random = new Random(this.options.seed);
  }

  /** The next trace: a chain of spans, one a service, the first a SERVER root, then CLIENT and SERVER in turn. */
  trace(): Span[] {
    const { services, startMicros, stepMicros } = this.options;
    const random = this.#random;
    const traceId = random.hex(32);
    const start = startMicros + this.#traces++ * stepMicros;
    const spans: Span[] = [];
    let parentId: string | undefined;
    for (let service = 0; service < services; service++) {
      const id = random.hex(16);
      spans.push({
        traceId,
        parentId,
        id,
        kind: service % 2 === 0 ? 'SERVER' : 'CLIENT',
        name: `get /api/v1/operation-${random.below(this.options.lowCardinality)}`,
        timestamp: start + service * 100,
        duration: 1000 + (services - service) * 1000 + random.below(1000),
        localEndpoint: { serviceName: `service-${service}`, ipv4: `10.0.0.${service + 1}`, port: 8080 },
        remoteEndpoint: undefined,
        annotations: undefined,
        tags: this.#tags(),
        debug: undefined,
        shared: undefined,
      });
      parentId = id;
    }
    return spans;
  }

  #tags(): Record<string, string> {
    const { highCardinality, lowCardinality } = this.options;
    const random = this.#random;
    const low = (): number => random.below(lowCardinality);
    const high = (): number => random.below(highCardinality);
    return {
      'cloud.region': `region-${low()}`,
      component: `component-${low()}`,
      'db.statement': `select * from table_${low()} where id = ? and state = ? order by id`,
      'http.method': low() % 2 === 0 ? 'GET' : 'POST',
      'http.status_code': String(200 + low()),
      'http.url': `https://example.com/items/${high()}`,
      'k8s.pod.name': `pod-${low()}`,
      'peer.service': `service-${low()}`,
      'request.id': `req-${high().toString(16).padStart(8, '0')}`,
      'user.id': `user-${high()}`,
      version: `1.0.${low()}`,
    };
  }

  /** The spans of the next `spansPerMessage` traces as `services` messages, each holding the spans of one service. */
  round(): Span[][] {
    const messages: Span[][] = Array.from({ length: this.options.services }, () => []);
    for (let i = 0; i < this.options.spansPerMessage; i++) {
      this.trace().forEach((span, service) => {
        messages[service]!.push(span);
      });
    }
    return messages;
  }

  /** The next `count` messages. A trace arrives complete after `services` messages, one from each service. */
  *messages(count: number): Generator<Span[], void, undefined> {
    let sent = 0;
    while (sent < count) {
      for (const message of this.round()) {
        if (sent++ >= count) return;
        yield message;
      }
    }
  }
}
