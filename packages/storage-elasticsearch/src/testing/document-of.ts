import type { EpochMillis, Span } from '@tracekin/model';
import type { BulkDocument } from '../bulk-document.ts';
import { LineRuns } from '../line-runs.ts';
import type { SpanLines } from '../span-lines.ts';

/** The document of one span, with its lines. */
export function documentOf(lines: SpanLines, span: Span, now: EpochMillis): BulkDocument {
  const runs = new LineRuns();
  lines.add([span], now, runs);
  const [document] = runs.documents();
  if (document === undefined) throw new Error('nothing was written');
  return document;
}
