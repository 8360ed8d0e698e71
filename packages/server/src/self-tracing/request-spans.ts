import type { Span, SpanData, SpanHandler, TraceContext } from '@tracekin/tracer';

/**
 * Keeps what began while its request was under way. A timer or a connection that storage makes in the course of a request
 * has the request's context for ever; without this, what it does every few seconds would go on extending that trace.
 */
export class RequestSpans implements SpanHandler {
  readonly #underWay = new Set<string>();
  readonly #begun = new WeakSet<TraceContext>();
  readonly #storageName: string;

  /** `storageName` becomes the remote service of calls, which all go to the storage engine. */
  constructor(storageName: string) {
    this.#storageName = storageName;
  }

  started({ context }: Span): void {
    this.#underWay.add(context.localRootId);
  }

  ended({ context }: Span): void {
    this.#underWay.delete(context.localRootId);
  }

  begin(context: TraceContext): void {
    if (this.#underWay.has(context.localRootId)) this.#begun.add(context);
  }

  end(context: TraceContext, span: SpanData): boolean {
    if (span.kind === 'SERVER') return true;
    if (span.kind === 'CLIENT') span.remoteEndpoint = { ...span.remoteEndpoint, serviceName: this.#storageName };
    return this.#begun.has(context);
  }
}
