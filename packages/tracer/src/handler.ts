import type { SpanData } from './span-data.ts';
import type { TraceContext } from './trace-context.ts';

/**
 * Sees every recorded span: to redact, enrich, drop or count. A handler that throws is removed with one warning; the
 * application never sees the error.
 */
export interface SpanHandler {
  /** Called when a span starts, before the application has added anything. */
  begin?(context: TraceContext, span: SpanData): void;
  /** Called when a span finishes. May change `span`; returning false drops it. */
  end?(context: TraceContext, span: SpanData): unknown;
}
