import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TraceContext } from '../trace-context.ts';
import { formatB3, parseB3 } from './b3-single.ts';
import type { Extracted, FormatName } from './format.ts';
import { parseSpanId, parseTraceId } from './hex-id.ts';
import { PROPAGATION_FORMATS, Propagation } from './propagation.ts';

type Headers = Record<string, string>;
const get = (headers: Headers, name: string): string | undefined => headers[name];
const set = (headers: Headers, name: string, value: string): void => {
  headers[name] = value;
};

const TRACE = '463ac35c9f6413ad48485a3953bb6124';
const SPAN = 'a2fb4a1d1a96d312';
const PARENT = '0020000000000001';

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    .filter(id => /[^0]/.test(id));
const contexts = fc
  .record({
    traceId: fc.oneof(
      hex(16),
      hex(32).filter(id => !id.startsWith('0'.repeat(16))),
    ),
    spanId: hex(16),
    parentId: fc.option(hex(16), { nil: undefined }),
    state: fc.constantFrom('sampled', 'not', 'debug'),
  })
  .map(
    ({ traceId, spanId, parentId, state }) =>
      new TraceContext({ traceId, spanId, parentId, sampled: state !== 'not', debug: state === 'debug' }),
  );

describe('Trace headers', () => {
  for (const name of Object.keys(PROPAGATION_FORMATS) as FormatName[]) {
    const format = PROPAGATION_FORMATS[name];

    it(`come back from ${name} as they went in`, () => {
      fc.assert(
        fc.property(contexts, context => {
          const headers: Headers = {};
          format.inject(context, headers, set);
          assert.deepEqual(
            Object.keys(headers).filter(field => !format.fields.includes(field)),
            [],
          );
          const { traceId, spanId, sampled, ...rest } = format.extract(headers, get)!;
          assert.deepEqual(
            { traceId, spanId, sampled },
            { traceId: context.traceId, spanId: context.spanId, sampled: context.sampled },
          );
          if (rest.joinable) assert.deepEqual([rest.parentId, rest.debug], [context.parentId, context.debug]);
        }),
      );
    });

    it(`of ${name} may hold anything without an error, and then no ids that are not ids`, () => {
      const anything = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789abcdef-;=,R') }));
      fc.assert(
        fc.property(fc.dictionary(fc.constantFrom(...format.fields), anything), headers => {
          const extracted = format.extract(headers, get);
          if (extracted?.traceId !== undefined) assert.match(extracted.traceId, /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/);
          if (extracted?.spanId !== undefined) assert.match(extracted.spanId, /^[0-9a-f]{16}$/);
        }),
      );
    });
  }

  const b3: readonly [string, Extracted | undefined][] = [
    [
      `${TRACE}-${SPAN}-1-${PARENT}`,
      { traceId: TRACE, spanId: SPAN, parentId: PARENT, sampled: true, debug: false, joinable: true },
    ],
    [
      `${TRACE}-${SPAN}-d`,
      { traceId: TRACE, spanId: SPAN, parentId: undefined, sampled: true, debug: true, joinable: true },
    ],
    [
      `${TRACE}-${SPAN}`,
      { traceId: TRACE, spanId: SPAN, parentId: undefined, sampled: undefined, debug: false, joinable: true },
    ],
    ['0', { sampled: false }],
    ['1', { sampled: true }],
    ['d', { sampled: true, debug: true }],
    ['', undefined],
    ['x', undefined],
    [`${TRACE}-${SPAN}-2`, undefined],
    [`${TRACE}-${SPAN}-1-${PARENT}-1`, undefined],
    [`${TRACE}0-${SPAN}-1`, undefined],
    [`${'0'.repeat(32)}-${SPAN}-1`, undefined],
  ];
  for (const [value, expected] of b3) {
    it(`read b3 "${value}" as ${expected === undefined ? 'nothing' : JSON.stringify(expected)}`, () => {
      assert.deepEqual(parseB3(value), expected);
    });
  }

  it('write b3 with a decision and the parent, as debug needs no more', () => {
    const fields = { traceId: TRACE, spanId: SPAN, parentId: PARENT, sampled: true };
    assert.equal(formatB3(new TraceContext(fields)), `${TRACE}-${SPAN}-1-${PARENT}`);
    assert.equal(formatB3(new TraceContext({ ...fields, debug: true })), `${TRACE}-${SPAN}-d-${PARENT}`);
    assert.equal(formatB3(new TraceContext({ traceId: TRACE, spanId: SPAN, sampled: false })), `${TRACE}-${SPAN}-0`);
  });

  it('tolerate true and false as B3 decisions and put debug first', () => {
    const read = (headers: Headers): Extracted | undefined => PROPAGATION_FORMATS.b3multi.extract(headers, get);
    assert.equal(read({ 'x-b3-sampled': 'true' })?.sampled, true);
    assert.equal(read({ 'x-b3-sampled': 'false' })?.sampled, false);
    assert.deepEqual(read({ 'x-b3-sampled': '0', 'x-b3-flags': '1' }), { sampled: true, debug: true });
    assert.equal(read({ 'x-b3-traceid': TRACE }), undefined);
  });

  it('send debug as the flag alone', () => {
    const headers: Headers = {};
    PROPAGATION_FORMATS.b3multi.inject(
      new TraceContext({ traceId: TRACE, spanId: SPAN, sampled: true, debug: true }),
      headers,
      set,
    );
    assert.deepEqual(headers, { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-flags': '1' });
  });

  it('of W3C keep tracestate, refuse version ff and what follows version 00', () => {
    const { tracecontext } = PROPAGATION_FORMATS;
    const valid = `00-${TRACE}-${SPAN}-01`;
    assert.equal(tracecontext.extract({ traceparent: valid, tracestate: 'a=1,b=2' }, get)?.traceState, 'a=1,b=2');
    assert.equal(tracecontext.extract({ traceparent: `ff-${TRACE}-${SPAN}-01` }, get), undefined);
    assert.equal(tracecontext.extract({ traceparent: `${valid}-x` }, get), undefined);
    assert.equal(tracecontext.extract({ traceparent: `01-${TRACE}-${SPAN}-01-x` }, get)?.traceId, TRACE);
    const headers: Headers = {};
    tracecontext.inject(
      new TraceContext({ traceId: TRACE, spanId: SPAN, sampled: true, traceState: 'a=1' }),
      headers,
      set,
    );
    assert.deepEqual(headers, { traceparent: valid, tracestate: 'a=1' });
  });

  it('of X-Ray may come in any order and leave the decision open', () => {
    const header = `Parent=${SPAN};Sampled=?;Self=1-0-0;Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)}`;
    assert.deepEqual(PROPAGATION_FORMATS.xray.extract({ 'x-amzn-trace-id': header }, get), {
      traceId: TRACE,
      spanId: SPAN,
      sampled: undefined,
    });
  });

  it('are read in the order b3, b3 multi, W3C, X-Ray', () => {
    const headers: Headers = {
      b3: `${'1'.repeat(16)}-${SPAN}-1`,
      'x-b3-traceid': '2'.repeat(16),
      'x-b3-spanid': SPAN,
      traceparent: `00-${'3'.repeat(32)}-${SPAN}-01`,
    };
    const propagation = new Propagation();
    assert.equal(propagation.extract(headers, get)?.traceId, '1'.repeat(16));
    delete headers['b3'];
    assert.equal(propagation.extract(headers, get)?.traceId, '2'.repeat(16));
    delete headers['x-b3-traceid'];
    assert.equal(propagation.extract(headers, get)?.traceId, '3'.repeat(32));
    assert.deepEqual(propagation.extract({ b3: '0' }, get), { sampled: false });
    assert.equal(propagation.extract({ b3: '0', traceparent: headers['traceparent']! }, get)?.traceId, '3'.repeat(32));
  });

  it('are written in several formats, others for messages', () => {
    const propagation = new Propagation({ write: ['b3', 'xray'], writeMessages: ['tracecontext'] });
    const context = new TraceContext({ traceId: TRACE, spanId: SPAN, sampled: true });
    const request: Headers = {};
    const message: Headers = {};
    propagation.inject(context, request, set);
    propagation.inject(context, message, set, true);
    assert.deepEqual(Object.keys(request), ['b3', 'x-amzn-trace-id']);
    assert.deepEqual(Object.keys(message), ['traceparent']);
    assert.throws(() => new Propagation({ write: ['jaeger' as FormatName] }), /unknown propagation format "jaeger"/);
  });

  it('keep 64-bit trace ids, and cut padded ones back to them', () => {
    assert.equal(parseTraceId('1'), '0000000000000001');
    assert.equal(parseTraceId(`${'0'.repeat(16)}${SPAN}`), SPAN);
    assert.equal(parseTraceId(TRACE.toUpperCase()), TRACE);
    assert.equal(parseTraceId(`${TRACE}0`), undefined);
    assert.equal(parseSpanId('0'), undefined);
    assert.equal(parseSpanId('zz'), undefined);
  });
});

describe('Baggage', () => {
  const propagation = new Propagation({
    baggage: [{ name: 'user' }, { name: 'request', header: 'X-Request-Id' }, { name: 'secret', remote: false }],
  });
  const context = new TraceContext({ traceId: TRACE, spanId: SPAN, sampled: true });

  it('is read where declared and left out where not', () => {
    const headers = { baggage: 'user=a%20b;prop=1, other=2, secret=3,bad', 'x-request-id': 'r1' };
    assert.deepEqual(propagation.extract(headers, get)?.baggage, { user: 'a b', request: 'r1' });
    assert.equal(propagation.extract({}, get), undefined);
  });

  it('is written encoded, in its own header where it has one, and stays inside where it is not remote', () => {
    context.baggage = { user: 'ä,;=\n', request: 'r1', secret: 'x' };
    const headers: Headers = {};
    propagation.inject(context, headers, set);
    assert.equal(headers['baggage'], 'user=%C3%A4%2C%3B%3D%0A');
    assert.equal(headers['x-request-id'], 'r1');
    assert.ok(!JSON.stringify(headers).includes('secret'));
  });

  it('never makes a header that Node would refuse', () => {
    context.baggage = { user: '\ud800', request: 'a\r\nb: c' };
    const headers: Headers = {};
    propagation.inject(context, headers, set);
    assert.equal(headers['baggage'], 'user=%EF%BF%BD');
    assert.equal(headers['x-request-id'], undefined);
  });

  it('may be hostile', () => {
    fc.assert(
      fc.property(fc.string(), value => {
        propagation.extract({ baggage: value }, get);
      }),
    );
    assert.equal(propagation.extract({ baggage: `user=${'x'.repeat(10_000)}` }, get), undefined);
    assert.equal(propagation.extract({ baggage: 'user=%zz' }, get), undefined);
  });
});
