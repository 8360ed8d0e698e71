import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchTerms } from './search-terms.ts';

test('a trace found by its tags is opened with them in the find box', () => {
  const of = (annotationQuery: string): string =>
    searchTerms({ search: `?${new URLSearchParams({ serviceName: 'a', annotationQuery })}`, traceIds: ['1'] }, '1');
  assert.equal(of('http.method=POST and error'), 'http.method=POST error');
  assert.equal(of('error=card declined'), 'error="card declined"');
  assert.equal(of(''), '');
});

test('another trace, or none of a search, is opened without', () => {
  assert.equal(searchTerms({ search: '?annotationQuery=error', traceIds: ['1'] }, '2'), '');
  assert.equal(searchTerms(undefined, '1'), '');
});
