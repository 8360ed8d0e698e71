import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSpans } from './read-spans.ts';
import { TraceSession } from './session.ts';
import { readSpanLink } from './span-links.ts';
import { type GeneratedSpan, spanId, toBytes } from './testing/generate.ts';

const TRACE = '0000000000000000000000000000abcd';
const span = (id: number, tags: Record<string, string> = {}): GeneratedSpan => ({
  traceId: TRACE,
  id: spanId(id),
  ...(id > 0 && { parentId: spanId(0) }),
  name: `n${id}`,
  timestamp: 1000 + id,
  duration: 10,
  localEndpoint: { serviceName: 'a' },
  tags,
});

test('a link is a numbered tag with both ids; anything else is a tag', () => {
  const link = { traceId: TRACE, spanId: spanId(1) };
  assert.deepEqual(readSpanLink('otel.link.0', `${TRACE}/${spanId(1)}`), link);
  assert.deepEqual(readSpanLink('otel.link.17', `${TRACE}/${spanId(1)}`), link);
  for (const [key, value] of [
    ['otel.link.0.attributes', '{}'],
    ['otel.link.0', `${TRACE}/${spanId(1)}/more`],
    ['otel.link.0', spanId(1)],
    ['link.0', `${TRACE}/${spanId(1)}`],
  ] as const)
    assert.equal(readSpanLink(key, value), undefined, `${key}=${value}`);
});

test('a span knows the spans of its trace that name it, whichever of their links it is, each once', () => {
  const session = new TraceSession(
    readSpans(
      toBytes([
        span(0),
        span(1),
        span(2, { 'otel.link.0': `${TRACE}/${spanId(1)}`, 'otel.link.1': `${TRACE}/${spanId(1)}` }),
        span(3, { 'otel.link.0': `${TRACE}/${spanId(0)}`, 'otel.link.1': `${TRACE}/${spanId(1)}` }),
        span(4, { 'otel.link.0': `0000000000000000000000000000ffff/${spanId(1)}` }),
      ]),
    ),
  );
  session.build({ rawClocks: false });
  const from = (row: number): string[] => session.detail(row).linkedFrom.map(other => session.detail(other).id);
  assert.deepEqual(from(1), [spanId(2), spanId(3)]);
  assert.deepEqual(from(0), [spanId(3)]);
  assert.deepEqual(from(4), []);
});
