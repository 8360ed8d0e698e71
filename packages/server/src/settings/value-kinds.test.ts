import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bytes,
  duration,
  flag,
  httpUrls,
  link,
  list,
  oneOf,
  rate,
  seconds,
  sortedList,
  urlPath,
  type ValueKind,
  wholeNumber,
} from './value-kinds.ts';

function read<T>(kind: ValueKind<T>, text: string): T | 'refused' {
  const parsed = kind.schema.safeParse(text);
  return parsed.success ? parsed.data : 'refused';
}

test('durations have units, ISO form or the unit of their setting', () => {
  const cases = [
    ['11s', 11_000],
    ['500ms', 500],
    ['2 m', 120_000],
    ['1H', 3_600_000],
    ['7d', 604_800_000],
    ['250', 250],
    ['0', 0],
    ['PT11S', 11_000],
    ['PT1.5S', 1500],
    ['P1DT1M', 86_460_000],
    [' 1s ', 1000],
  ] as const;
  for (const [text, expected] of cases) assert.equal(read(duration('ms'), text), expected, text);
  assert.equal(read(duration('s'), '5'), 5000);
  assert.equal(read(seconds, '5m'), 300);
  for (const text of ['', '-1s', '1.5s', 's', 'P', 'PT', '1w', 'ten', '1e3', '99999999999999d'])
    assert.equal(read(duration('ms'), text), 'refused', text);
});

test('durations and bytes are printed so that they read back', () => {
  for (const ms of [0, 1, 500, 1000, 11_000, 90_000, 3_600_000, 86_400_000, 86_400_001])
    assert.equal(read(duration('ms'), duration('ms').print(ms)), ms);
  for (const size of [0, 1, 1023, 1024, 10 * 1024 ** 2, 1024 ** 3, 1024 ** 3 + 1])
    assert.equal(read(bytes, bytes.print(size)), size);
});

test('bytes are binary multiples in every spelling', () => {
  for (const [text, expected] of [
    ['10', 10],
    ['1k', 1024],
    ['1KB', 1024],
    ['1KiB', 1024],
    ['2 MB', 2 * 1024 ** 2],
    ['1g', 1024 ** 3],
    ['3b', 3],
  ] as const)
    assert.equal(read(bytes, text), expected, text);
  for (const text of ['', '-1', '1.5GB', '1 gigabyte', '9'.repeat(20)])
    assert.equal(read(bytes, text), 'refused', text);
});

test('numbers, rates, flags and choices refuse what is not one', () => {
  assert.deepEqual(
    ['0', '65535', '65536', '-1', '1.0', ''].map(text => read(wholeNumber(0, 65535), text)),
    [0, 65535, 'refused', 'refused', 'refused', 'refused'],
  );
  assert.deepEqual(
    ['0', '1', '0.01', '.5', '1.1', '-0', 'NaN'].map(text => read(rate, text)),
    [0, 1, 0.01, 0.5, 'refused', 'refused', 'refused'],
  );
  assert.deepEqual(
    ['true', 'NO', '1', 'off', 'maybe', ''].map(text => read(flag, text)),
    [true, false, true, false, 'refused', 'refused'],
  );
  assert.deepEqual(
    ['a', 'B', 'c'].map(text => read(oneOf('a', 'b'), text)),
    ['a', 'b', 'refused'],
  );
});

test('lists are cut at commas, without blanks and empty parts', () => {
  assert.deepEqual(read(list, ' b, a,,b '), ['b', 'a', 'b']);
  assert.deepEqual(read(sortedList, ' b, a,,b '), ['a', 'b']);
});

test('links cannot be scripts, base paths cannot break out of an attribute', () => {
  assert.equal(read(link, 'https://logs.example/{traceId}'), 'https://logs.example/{traceId}');
  assert.equal(read(link, '/logs?q={traceId}'), '/logs?q={traceId}');
  for (const text of ['javascript:alert(1)', '//evil.example', 'data:text/html,x', 'logs'])
    assert.equal(read(link, text), 'refused', text);
  assert.deepEqual(
    ['/zipkin', '/', '.', '/a/b'].map(text => read(urlPath, text)),
    ['/zipkin', '/', '.', '/a/b'],
  );
  for (const text of ['zipkin', '/a"b', '//host', '/a b']) assert.equal(read(urlPath, text), 'refused', text);
  assert.equal(read(httpUrls, 'http://a,b'), 'refused');
});
