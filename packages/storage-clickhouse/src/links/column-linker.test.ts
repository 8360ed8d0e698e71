import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHex32 } from '@tracekin/codec';
import { linkSpans, lowTraceId, type Span, traceTimestamp } from '@tracekin/model';
import fc from 'fast-check';
import { randomTrace } from '../testing/random-trace.ts';
import { ERROR, kindBits, SHARED } from '../write/span-flags.ts';
import { type LinkRows, linkColumns } from './column-linker.ts';
import { formatLinks } from './link-signature.ts';

const NAMES = ['', 'front', 'back', 'auth', 'db'];

const manyTraces = fc.uniqueArray(fc.oneof(randomTrace(1_000_000, true), randomTrace(1_000_000)), {
  maxLength: 5,
  selector: spans => lowTraceId(spans[0]!.traceId),
});

function toRows(spans: readonly Span[]): LinkRows {
  const pairs = (text: (span: Span) => string): Uint32Array =>
    Uint32Array.from(spans.flatMap(span => [parseHex32(text(span), 8), parseHex32(text(span), 0)]));
  return {
    count: spans.length,
    traces: pairs(span => lowTraceId(span.traceId)),
    ids: pairs(span => span.id),
    parentIds: pairs(span => span.parentId ?? '0000000000000000'),
    timestamps: pairs(span => (span.timestamp ?? 0).toString(16).padStart(16, '0')),
    flags: Uint8Array.from(
      spans,
      span => kindBits(span.kind) | (span.shared ? SHARED : 0) | (span.tags !== undefined ? ERROR : 0),
    ),
    services: Uint32Array.from(spans, span => NAMES.indexOf(span.localEndpoint?.serviceName ?? '')),
    remotes: Uint32Array.from(spans, span => NAMES.indexOf(span.remoteEndpoint?.serviceName ?? '')),
    names: NAMES,
  };
}

test('links of columns are those of the model, or left to it', () => {
  let decided = 0;
  fc.assert(
    fc.property(manyTraces, traces => {
      const found = linkColumns(toRows(traces.flat()));
      assert.equal(found.length, traces.length);
      for (const [i, spans] of traces.entries()) {
        assert.equal(found[i]!.low, lowTraceId(spans[0]!.traceId));
        assert.equal(found[i]!.start, traceTimestamp(spans));
        if (found[i]!.links === undefined) continue;
        decided++;
        assert.equal(found[i]!.links, formatLinks(linkSpans(spans)));
      }
    }),
    { numRuns: 1_000 },
  );
  assert(decided > 500, `the simple case is exercised: ${decided}`);
});

test('a trace in which every parent is known is simple', () => {
  fc.assert(
    fc.property(randomTrace(1_000_000, true), spans => {
      assert.notEqual(linkColumns(toRows(spans))[0]!.links, undefined);
    }),
    { numRuns: 200 },
  );
});
