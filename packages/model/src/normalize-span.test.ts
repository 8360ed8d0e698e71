import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitrarySpan } from '../test/arbitrary-trace.ts';
import { NOON } from '../test/build-span.ts';
import { normalizeSpan, type SpanInput } from './normalize-span.ts';
import { sameSpan, spanFingerprint } from './same-span.ts';
import { normalizeTags, setTag, tagsInKeyOrder } from './tags.ts';

function refuses(fields: Partial<SpanInput>, message: string | RegExp): void {
  assert.throws(() => normalizeSpan({ traceId: '1', id: '1', ...fields }), {
    name: 'TracekinError',
    code: 'invalid-argument',
    message,
  });
}

describe('normalizeSpan', () => {
  it('needs no more than ids', () => {
    assert.deepEqual(normalizeSpan({ traceId: '1', id: '2' }), { traceId: '0000000000000001', id: '0000000000000002' });
  });

  it('normalises every field and writes them in the order of Zipkin', () => {
    const span = normalizeSpan({
      shared: true,
      debug: true,
      tags: { b: '2', a: '' },
      annotations: [
        { timestamp: NOON + 1, value: 'b' },
        { timestamp: NOON, value: 'b' },
        { timestamp: NOON, value: 'a' },
        { timestamp: NOON, value: 'b' },
      ],
      remoteEndpoint: { ipv6: '1.2.3.4' },
      localEndpoint: { serviceName: 'Web', port: 0 },
      duration: 5,
      timestamp: NOON,
      name: 'GET',
      kind: 'SERVER',
      id: 'b',
      parentId: 'a',
      traceId: '000000000000000000000000000000ab',
    });
    assert.equal(
      JSON.stringify(span),
      JSON.stringify({
        traceId: '00000000000000ab',
        parentId: '000000000000000a',
        id: '000000000000000b',
        kind: 'SERVER',
        name: 'get',
        timestamp: NOON,
        duration: 5,
        localEndpoint: { serviceName: 'web' },
        remoteEndpoint: { ipv4: '1.2.3.4' },
        annotations: [
          { timestamp: NOON, value: 'a' },
          { timestamp: NOON, value: 'b' },
          { timestamp: NOON + 1, value: 'b' },
        ],
        tags: { a: '', b: '2' },
        debug: true,
        shared: true,
      }),
    );
  });

  it('takes null, empty and zero as absent', () => {
    const nothing = {
      parentId: '0',
      kind: null,
      name: '',
      timestamp: 0,
      duration: -1,
      localEndpoint: {},
      remoteEndpoint: null,
      annotations: [],
      tags: {},
      debug: false,
      shared: null,
    };
    assert.deepEqual(Object.keys(normalizeSpan({ traceId: '1', id: '1', ...nothing })), ['traceId', 'id']);
  });

  it('drops a parent that is the span itself', () => {
    assert.equal(normalizeSpan({ traceId: '1', id: '1', parentId: '01' }).parentId, undefined);
  });

  it('never marks a client as shared', () => {
    assert.equal(normalizeSpan({ traceId: '1', id: '1', kind: 'CLIENT', shared: true }).shared, undefined);
    assert.equal(normalizeSpan({ traceId: '1', id: '1', shared: true }).shared, true);
  });

  it('refuses what breaks a rule and names the field', () => {
    refuses({ traceId: undefined as unknown as string }, 'Missing : traceId');
    refuses({ traceId: null as unknown as string, id: undefined as unknown as string }, 'Missing : traceId id');
    refuses({ traceId: '' }, 'traceId is empty');
    refuses({ id: '' }, 'id is empty');
    refuses({ parentId: '' }, 'parentId is empty');
    refuses({ kind: 'client' }, 'No enum constant zipkin2.Span.Kind.client');
    refuses({ kind: 'x'.repeat(1000) }, `No enum constant zipkin2.Span.Kind.${'x'.repeat(64)}`);
    refuses({ localEndpoint: { port: 70000 } }, 'invalid port 70000');
    refuses({ timestamp: 1.5 }, /^timestamp should be an integer/);
    refuses({ duration: 2 ** 53 }, /^duration should be an integer/);
    refuses({ timestamp: Number.POSITIVE_INFINITY }, /^timestamp should be an integer/);
    refuses({ annotations: [{ timestamp: -1, value: 'a' }] }, /^annotation.timestamp should be/);
    refuses({ annotations: [{ timestamp: 1, value: null as unknown as string }] }, 'annotation.value == null');
    refuses({ tags: { k: null as unknown as string } }, 'value of k == null');
    refuses({ tags: { k: 1 as unknown as string } }, 'value of k is not text');
  });

  it('accepts an annotation at time 0', () => {
    const annotations = [{ timestamp: 0, value: '' }];
    assert.deepEqual(normalizeSpan({ traceId: '1', id: '1', annotations }).annotations, annotations);
  });

  it('leaves out fields that an annotation does not have', () => {
    const withEndpoint = { timestamp: 1, value: 'cs', endpoint: { serviceName: 'a' } };
    const { annotations } = normalizeSpan({ traceId: '1', id: '1', annotations: [withEndpoint] });
    assert.deepEqual(annotations, [{ timestamp: 1, value: 'cs' }]);
  });

  it('keeps tags and annotations that are in order already', () => {
    const tags = { a: '1', b: '2' };
    const annotations = [
      { timestamp: 1, value: 'a' },
      { timestamp: 1, value: 'b' },
    ];
    const span = normalizeSpan({ traceId: '1', id: '1', tags, annotations });
    assert.equal(span.tags, tags);
    assert.equal(span.annotations, annotations);
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(arbitrarySpan, span => {
        assert.equal(JSON.stringify(normalizeSpan(span)), JSON.stringify(span));
      }),
    );
  });
});

describe('normalizeTags', () => {
  it('sorts by UTF-16 code units and keeps every key', () => {
    const tags = {};
    for (const key of ['b', '__proto__', 'a', 'A', 'constructor', '']) setTag(tags, key, `is ${key}`);
    const sorted = normalizeTags(tags)!;
    assert.deepEqual(Object.keys(sorted), ['', 'A', '__proto__', 'a', 'b', 'constructor']);
    assert(tagsInKeyOrder(sorted));
    assert.equal(Object.getOwnPropertyDescriptor(sorted, '__proto__')?.value, 'is __proto__');
  });

  it('knows that keys like array indices cannot be kept in order', () => {
    assert(!tagsInKeyOrder(normalizeTags({ '10': 'a', '9': 'b' })!));
    assert(tagsInKeyOrder(normalizeTags({ '10': 'a', '11': 'b' })!));
  });

  it('keeps every key of any tags', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), tags => {
        assert.deepEqual({ ...normalizeTags(tags) }, tags);
      }),
    );
  });
});

describe('sameSpan', () => {
  it('says of two spans what their fingerprints say', () => {
    fc.assert(
      fc.property(arbitrarySpan, arbitrarySpan, (a, b) => {
        assert(sameSpan(a, normalizeSpan(JSON.parse(JSON.stringify(a)))));
        assert.equal(sameSpan(a, b), spanFingerprint(a) === spanFingerprint(b));
        const changed = { ...a, name: 'changed', tags: { ...b.tags, changed: '' } };
        assert(!sameSpan(a, changed));
        assert.notEqual(spanFingerprint(a), spanFingerprint(changed));
      }),
      { numRuns: 500 },
    );
  });

  it('sees each field', () => {
    const whole = normalizeSpan({
      traceId: '1',
      id: '2',
      parentId: '3',
      kind: 'SERVER',
      name: 'get',
      timestamp: 1,
      duration: 2,
      localEndpoint: { serviceName: 'a' },
      remoteEndpoint: { serviceName: 'b' },
      annotations: [{ timestamp: 1, value: 'a' }],
      tags: { a: 'b' },
      debug: true,
      shared: true,
    });
    for (const key of Object.keys(whole)) {
      const without = { ...whole, [key]: undefined };
      assert(!sameSpan(whole, without), key);
      assert.notEqual(spanFingerprint(whole), spanFingerprint(without), key);
    }
    assert(!sameSpan(whole, { ...whole, tags: { a: 'c' } }));
    assert(!sameSpan(whole, { ...whole, tags: { b: 'b' } }));
    assert(!sameSpan(whole, { ...whole, annotations: [{ timestamp: 1, value: 'b' }] }));
  });
});
