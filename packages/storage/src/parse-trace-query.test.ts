import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAnnotationQuery, parseDependencyQuery, parseTraceQuery, type QueryParams } from './parse-trace-query.ts';
import type { TraceQuery } from './trace-query.ts';

const DEFAULTS = { now: 1_700_000_000_000, lookback: 86_400_000, limit: 10, maxLimit: 1000 };

function parse(params: QueryParams): TraceQuery {
  return parseTraceQuery(params, DEFAULTS);
}

function refuses(params: QueryParams, message: string): void {
  assert.throws(() => parse(params), { name: 'TracekinError', code: 'invalid-argument', message });
}

describe('parseTraceQuery', () => {
  it('asks for the latest traces of the default window when nothing is given', () => {
    assert.deepEqual(parse({}), { tags: [], annotations: [], endTs: DEFAULTS.now, lookback: 86_400_000, limit: 10 });
  });

  it('takes every parameter', () => {
    assert.deepEqual(
      parse({
        serviceName: 'web',
        spanName: 'get',
        remoteServiceName: 'db',
        annotationQuery: 'error and http.method=GET',
        minDuration: '100',
        maxDuration: '200',
        endTs: '1000',
        lookback: '500',
        limit: '3',
        other: 'ignored',
      }),
      {
        serviceName: 'web',
        spanName: 'get',
        remoteServiceName: 'db',
        tags: [['http.method', 'GET']],
        annotations: ['error'],
        minDuration: 100,
        maxDuration: 200,
        endTs: 1000,
        lookback: 500,
        limit: 3,
      },
    );
  });

  it('puts names in lower case and takes empty ones, and the span name all, as any', () => {
    const query = parse({ serviceName: 'Web', spanName: 'GET /A', remoteServiceName: 'MySQL' });
    assert.equal(query.serviceName, 'web');
    assert.equal(query.spanName, 'get /a');
    assert.equal(query.remoteServiceName, 'mysql');
    const any = parse({ serviceName: '', spanName: 'ALL', remoteServiceName: '', annotationQuery: '' });
    assert.deepEqual(any, parse({}));
    assert.equal(parse({ serviceName: 'all' }).serviceName, 'all');
  });

  it('refuses what Zipkin refuses, in its words', () => {
    refuses({ endTs: '0' }, 'endTs <= 0');
    refuses({ endTs: '-1' }, 'endTs <= 0');
    refuses({ limit: '0' }, 'limit <= 0');
    refuses({ lookback: '0' }, 'lookback <= 0');
    refuses({ minDuration: '0' }, 'minDuration <= 0');
    refuses({ minDuration: '2', maxDuration: '1' }, 'maxDuration < minDuration');
    refuses({ maxDuration: '1' }, 'maxDuration is only valid with minDuration');
    refuses({ endTs: '0', limit: '0' }, 'endTs <= 0');
    assert.equal(parse({ minDuration: '2', maxDuration: '2' }).maxDuration, 2);
  });

  it('refuses a limit above the maximum', () => {
    assert.equal(parse({ limit: '1000' }).limit, 1000);
    refuses({ limit: '1001' }, 'limit > 1000');
  });

  it('names the parameter that is no integer', () => {
    for (const name of ['endTs', 'lookback', 'limit', 'minDuration', 'maxDuration']) {
      for (const text of ['', 'x', '1.5', '1e3', '0x10', ' 1', '１']) {
        refuses({ minDuration: '1', [name]: text }, `${name} should be an integer: was "${text}"`);
      }
    }
  });

  it('takes numbers beyond 2^53 as all of time', () => {
    const query = parse({ endTs: '9223372036854775807', lookback: '9223372036854775807' });
    assert.equal(query.endTs, Number.MAX_SAFE_INTEGER);
    assert.equal(query.lookback, Number.MAX_SAFE_INTEGER);
  });

  it('gives a query or an invalid-argument for any text', () => {
    const text = fc.oneof(fc.string(), fc.integer().map(String));
    const params = fc.record(
      { endTs: text, lookback: text, limit: text, minDuration: text, maxDuration: text, annotationQuery: text },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(params, fields => {
        try {
          const query = parse(fields);
          assert(query.endTs > 0 && query.lookback > 0 && query.limit > 0 && query.limit <= 1000);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'invalid-argument');
        }
      }),
    );
  });
});

describe('parseAnnotationQuery', () => {
  const cases: readonly (readonly [
    text: string,
    tags: readonly (readonly [string, string])[],
    words: readonly string[],
  ])[] = [
    ['error', [], ['error']],
    ['k=v', [['k', 'v']], []],
    ['k=v=w', [['k', 'v=w']], []],
    ['k=', [], ['k']],
    ['a and b=c and d', [['b', 'c']], ['a', 'd']],
    ['k=v and k', [['k', 'v']], []],
    ['k and k=v', [['k', 'v']], []],
    ['k=1 and k=2', [['k', '2']], []],
    ['k=1 and k=', [], ['k']],
    ['a AND b', [], ['a AND b']],
    ['a  and b', [], ['a ', 'b']],
    ['sand and rand', [], ['sand', 'rand']],
    ['Error and error', [], ['Error', 'error']],
    ['__proto__=x and constructor', [['__proto__', 'x']], ['constructor']],
    ['a and a', [], ['a']],
    ['=v', [['', 'v']], []],
  ];
  for (const [text, tags, annotations] of cases) {
    it(`reads "${text}"`, () => assert.deepEqual(parseAnnotationQuery(text), { tags, annotations }));
  }

  it('splits into at most 100 parts', () => {
    const words = Array.from({ length: 150 }, (_, i) => `w${i}`);
    const { annotations } = parseAnnotationQuery(words.join(' and '));
    assert.equal(annotations.length, 100);
    assert.equal(annotations.at(-1), words.slice(99).join(' and '));
  });
});

describe('parseDependencyQuery', () => {
  it('needs endTs and has a default for lookback', () => {
    assert.deepEqual(parseDependencyQuery({ endTs: '5' }, { lookback: 7 }), { endTs: 5, lookback: 7 });
    assert.deepEqual(parseDependencyQuery({ endTs: '5', lookback: '3' }, { lookback: 7 }), { endTs: 5, lookback: 3 });
    for (const [params, message] of [
      [{}, 'Mandatory parameter/header is missing: endTs'],
      [{ endTs: '0' }, 'endTs <= 0'],
      [{ endTs: '1', lookback: '-1' }, 'lookback <= 0'],
      [{ endTs: 'now' }, 'endTs should be an integer: was "now"'],
    ] as const) {
      assert.throws(() => parseDependencyQuery(params, { lookback: 7 }), { code: 'invalid-argument', message });
    }
  });
});
