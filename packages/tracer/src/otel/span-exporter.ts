import { endpoint } from '../endpoint.ts';
import { parseTraceId } from '../propagation/hex-id.ts';
import type { Reporter } from '../reporter/reporter.ts';
import { SpanData, setTag } from '../span-data.ts';
import { kindOf, peerOf, tagValue } from './attributes.ts';
import { toMicros } from './time.ts';

type HrTime = [number, number];
type OtelAttributes = Readonly<Record<string, unknown>>;

/** The part of the OpenTelemetry SDK's `ReadableSpan` that is read, of SDK 1, 2 and 3. */
export interface ReadableSpanLike {
  readonly name: string;
  readonly kind: number;
  spanContext(): { readonly traceId: string; readonly spanId: string };
  readonly parentSpanContext?: { readonly spanId: string } | undefined;
  /** SDK 1. */
  readonly parentSpanId?: string | undefined;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: OtelAttributes;
  readonly events: readonly {
    readonly name: string;
    readonly time: HrTime;
    readonly attributes?: OtelAttributes | undefined;
  }[];
  readonly resource: { readonly attributes: OtelAttributes };
}

/** OpenTelemetry's `ExportResult`; 0 is success. */
export interface ExportResultLike {
  readonly code: number;
  readonly error?: Error;
}

const SUCCESS = 0;
const STATUS_ERROR = 2;

/**
 * A `SpanExporter` for the OpenTelemetry SDK, in place of the deprecated `@opentelemetry/exporter-zipkin`: with remote endpoints, so
 * that the service graph is whole, a bounded queue, retries and compression. Use it with a `SimpleSpanProcessor`: batching is the
 * reporter's.
 */
export class TracekinSpanExporter {
  readonly #reporter: Reporter;

  /** `reporter`: e.g. `new BatchReporter({ sender: httpSender({ url }) })`. */
  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  export(spans: readonly ReadableSpanLike[], done: (result: ExportResultLike) => void): void {
    for (const span of spans) this.#reporter.report(toSpanData(span));
    done({ code: SUCCESS });
  }

  forceFlush(): Promise<void> {
    return this.#reporter.flush();
  }

  shutdown(): Promise<void> {
    return this.#reporter.close();
  }
}

/** One span of the SDK as Zipkin has it. */
export function toSpanData(span: ReadableSpanLike): SpanData {
  const { traceId, spanId } = span.spanContext();
  const data = new SpanData(
    parseTraceId(traceId) ?? traceId,
    span.parentSpanContext?.spanId ?? span.parentSpanId,
    spanId,
  );
  data.kind = kindOf(span.kind);
  data.name = span.name.toLowerCase();
  data.timestamp = toMicros(span.startTime);
  data.duration = Math.max(1, toMicros(span.endTime)! - data.timestamp!);
  const service = span.resource.attributes['service.name'];
  data.localEndpoint = endpoint({ serviceName: typeof service === 'string' ? service : 'unknown_service' });
  const peer = peerOf(data.kind, span.attributes);
  if (peer !== undefined) data.remoteEndpoint = endpoint(peer);
  for (const key of Object.keys(span.attributes)) {
    const value = tagValue(span.attributes[key]);
    if (value !== undefined) setTag(data, key, value);
  }
  if (span.status.code === STATUS_ERROR) setTag(data, 'error', span.status.message || 'error');
  if (span.events.length > 0) {
    data.annotations = span.events.map(({ name, time, attributes }) => ({
      timestamp: toMicros(time)!,
      value: attributes !== undefined && Object.keys(attributes).length > 0 ? `${name}: ${tagValue(attributes)}` : name,
    }));
  }
  return data;
}
