import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addFilter, type Filter, filterText } from './filter.ts';
import { parseFilterText } from './filter-text.ts';

describe('the filter language', () => {
  it('reads the line of the placeholder', () => {
    assert.deepEqual(parseFilterText('service:checkout duration>100ms error http.method=POST'), {
      filters: [
        { field: 'serviceName', value: 'checkout' },
        { field: 'minDuration', micros: 100_000 },
        { field: 'word', value: 'error' },
        { field: 'tag', key: 'http.method', value: 'POST' },
      ],
      problems: [],
    });
  });

  it('knows the names that Lens and Zipkin use for the same fields', () => {
    const texts = ['serviceName=A', 'svc:a', 'service:a'];
    for (const text of texts) assert.deepEqual(parseFilterText(text).filters, [{ field: 'serviceName', value: 'a' }]);
    assert.deepEqual(parseFilterText('minDuration=5 maxDuration:1s').filters, [
      { field: 'minDuration', micros: 5 },
      { field: 'maxDuration', micros: 1_000_000 },
    ]);
  });

  it('reads an annotationQuery of Zipkin, joined by and', () => {
    assert.deepEqual(parseFilterText('http.path=/foo and error and "and"').filters, [
      { field: 'tag', key: 'http.path', value: '/foo' },
      { field: 'word', value: 'error' },
      { field: 'word', value: 'and' },
    ]);
  });

  it('keeps a colon in a word that begins with no field', () => {
    assert.deepEqual(parseFilterText('cache:miss').filters, [{ field: 'word', value: 'cache:miss' }]);
  });

  it('keeps blanks in quotes', () => {
    assert.deepEqual(parseFilterText('span:"get /api/{id}" sql.query="SELECT \\"x\\""').filters, [
      { field: 'spanName', value: 'get /api/{id}' },
      { field: 'tag', key: 'sql.query', value: 'SELECT "x"' },
    ]);
  });

  it('says what is wrong with a part and keeps the others', () => {
    const { filters, problems } = parseFilterText('duration>soon -http.method=GET -error service: "open error');
    assert.deepEqual(filters, []);
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ['duration', 'exclusion', 'exclusion', 'empty', 'quote'],
    );
    assert.deepEqual(parseFilterText('a=b duration>x').filters, [{ field: 'tag', key: 'a', value: 'b' }]);
  });

  it('replaces a field that can only hold once, in its place', () => {
    const filters = parseFilterText('service:a error service:b k=1 k=2').filters;
    assert.deepEqual(filters, [
      { field: 'serviceName', value: 'b' },
      { field: 'word', value: 'error' },
      { field: 'tag', key: 'k', value: '2' },
    ]);
    assert.equal(addFilter(filters, { field: 'word', value: 'error' }).length, 3);
  });

  it('reads back what it writes for any filter', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    const name = text.map(value => value.toLowerCase());
    const filter = fc.oneof(
      fc.record({
        field: fc.constantFrom('serviceName' as const, 'spanName' as const, 'remoteServiceName' as const),
        value: name,
      }),
      fc.record({
        field: fc.constantFrom('minDuration' as const, 'maxDuration' as const),
        micros: fc.integer({ min: 1, max: 1e12 }),
      }),
      fc.record({ field: fc.constant('word' as const), value: text }),
      fc.record({
        field: fc.constant('tag' as const),
        key: fc.stringMatching(/^[a-z][a-z_.]{0,9}x$/),
        value: fc.string(),
      }),
    );
    fc.assert(
      fc.property(filter, (one: Filter) => {
        assert.deepEqual(parseFilterText(filterText(one)), { filters: [{ ...one }], problems: [] });
      }),
    );
  });

  it('never throws and is linear in hostile text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => void parseFilterText(text)));
    const begun = performance.now();
    parseFilterText('"='.repeat(200_000));
    assert.ok(performance.now() - begun < 2000);
  });
});
