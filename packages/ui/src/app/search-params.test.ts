import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseSearch, stringifySearch } from './search-params.ts';

describe('search parameters', () => {
  it('keeps values that look like numbers, JSON or booleans as the text they are', () => {
    const text = '?serviceName=404&span=12345678901234e5&id=9234567890123457&a=true&b=null&c=%7B%22d%22%3A1%7D';
    assert.deepEqual(parseSearch(text), {
      serviceName: '404',
      span: '12345678901234e5',
      id: '9234567890123457',
      a: 'true',
      b: 'null',
      c: '{"d":1}',
    });
    assert.equal(stringifySearch({ serviceName: '404' }), '?serviceName=404');
  });

  it('takes the first of repeated names, as Lens does', () => {
    assert.deepEqual(parseSearch('?limit=10&limit=20'), { limit: '10' });
  });

  it('leaves out what is absent or empty', () => {
    assert.equal(stringifySearch({ a: undefined, b: '', c: null }), '');
  });

  it('survives hostile text', () => {
    for (const text of ['?%', '?%zz=%', '?=', '?&&', '?__proto__=x', `?${'a'.repeat(100_000)}`]) parseSearch(text);
    assert.equal(Object.getPrototypeOf(parseSearch('?__proto__=x')), Object.prototype);
  });

  it('reads back whatever it wrote', () => {
    const name = fc.string({ minLength: 1 }).filter(text => text !== '__proto__' && text.isWellFormed());
    const value = fc.string({ minLength: 1, unit: 'grapheme' }).filter(text => text.isWellFormed());
    fc.assert(
      fc.property(fc.dictionary(name, value), params => {
        assert.deepEqual({ ...parseSearch(stringifySearch(params)) }, { ...params });
      }),
    );
  });
});
