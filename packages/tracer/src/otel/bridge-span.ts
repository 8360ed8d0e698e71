import type {
  Attributes,
  Exception,
  Link,
  Span as OtelSpan,
  SpanContext,
  SpanStatus,
  TimeInput,
} from '@opentelemetry/api';
import type { Kind } from '@tracekin/model';
import { errorText } from '../error-text.ts';
import type { Span } from '../span.ts';
import type { TraceContext } from '../trace-context.ts';
import { peerOf, tagValue } from './attributes.ts';
import { toMicros } from './time.ts';

const STATUS_ERROR = 2;
const SAMPLED = 1;
/** OpenTelemetry's ids have 128 bits. */
const TRACE_ID_CHARS = 32;

/** Attributes that become the remote endpoint when the span ends. */
const PEER_ATTRIBUTE = /^(?:peer|server|client|net|network|db|messaging|rpc)\./;

/** A Tracekin span in the shape of OpenTelemetry's. */
export class BridgeSpan implements OtelSpan {
  readonly span: Span;
  readonly #kind: Kind | undefined;
  #peer: Record<string, unknown> | undefined;
  #links = 0;
  #exception: string | undefined;

  constructor(span: Span, kind: Kind | undefined) {
    this.span = span;
    this.#kind = kind;
  }

  spanContext(): SpanContext {
    return spanContextOf(this.span.context);
  }

  setAttribute(key: string, value: unknown): this {
    if (!this.span.isRecording) return this;
    this.span.tag(key, tagValue(value));
    if (this.#kind !== undefined && PEER_ATTRIBUTE.test(key)) {
      this.#peer ??= {};
      this.#peer[key] = value;
    }
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const key of Object.keys(attributes)) this.setAttribute(key, attributes[key]);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    const isTime =
      typeof attributesOrTime === 'number' || attributesOrTime instanceof Date || Array.isArray(attributesOrTime);
    const attributes = isTime ? undefined : (attributesOrTime as Attributes | undefined);
    const at = toMicros(isTime ? (attributesOrTime as TimeInput) : time);
    const hasAttributes = attributes !== undefined && Object.keys(attributes).length > 0;
    this.span.annotate(hasAttributes ? `${name}: ${tagValue(attributes)}` : name, at);
    return this;
  }

  addLink(link: Link): this {
    this.span.tag(`link.${this.#links++}`, `${link.context.traceId}-${link.context.spanId}`);
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (status.code === STATUS_ERROR) this.span.tag('error', status.message || this.#exception || 'error');
    return this;
  }

  updateName(name: string): this {
    this.span.name(name);
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    this.#exception = errorText(exception);
    this.span.annotate(`exception: ${this.#exception}`, toMicros(time));
  }

  isRecording(): boolean {
    return this.span.isRecording;
  }

  end(endTime?: TimeInput): void {
    const peer = this.#peer === undefined ? undefined : peerOf(this.#kind, this.#peer);
    if (peer !== undefined) this.span.remote(peer);
    this.span.finish(toMicros(endTime));
  }
}

/** A trace context as OpenTelemetry passes it around. */
export function spanContextOf(context: TraceContext): SpanContext {
  return {
    traceId: context.traceId.padStart(TRACE_ID_CHARS, '0'),
    spanId: context.spanId,
    traceFlags: context.sampled ? SAMPLED : 0,
  };
}
