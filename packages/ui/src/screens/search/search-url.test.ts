import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSearch, stringifySearch } from '../../app/search-params.ts';
import { apiParameters } from './api-parameters.ts';
import type { Filter } from './filter.ts';
import { filterParams, rangeParams, readSearch, type Search } from './search-url.ts';
import { LOOKBACKS, resolveRange } from './time-range.ts';

const DEFAULTS = { defaultLookback: 900_000, queryLimit: 10 };
const NOW = 1_795_256_000_000;

function read(text: string): Search {
  return readSearch(parseSearch(text), DEFAULTS);
}

/** What the server is asked for an address. */
function asked(text: string): Record<string, unknown> {
  const search = read(text);
  const parameters = apiParameters(search.filters, resolveRange(search.range, NOW), search.limit);
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}

describe('addresses of Zipkin Lens', () => {
  const plain = { endTs: NOW, lookback: 900_000, limit: 10 };
  const links: readonly (readonly [address: string, request: Record<string, unknown>])[] = [
    ['', plain],
    ['?serviceName=frontend', { ...plain, serviceName: 'frontend' }],
    ['?serviceName=Frontend', { ...plain, serviceName: 'frontend' }],
    ['?serviceName=404', { ...plain, serviceName: '404' }],
    ['?serviceName=frontend&spanName=get+%2Fapi', { ...plain, serviceName: 'frontend', spanName: 'get /api' }],
    ['?serviceName=a&remoteServiceName=mysql', { ...plain, serviceName: 'a', remoteServiceName: 'mysql' }],
    ['?serviceName=all&spanName=all&remoteServiceName=all', plain],
    ['?serviceName=&spanName=&annotationQuery=', plain],
    ['?minDuration=10', { ...plain, minDuration: 10 }],
    ['?minDuration=10us', { ...plain, minDuration: 10 }],
    ['?minDuration=10ms', { ...plain, minDuration: 10_000 }],
    ['?minDuration=10s&maxDuration=20s', { ...plain, minDuration: 10_000_000, maxDuration: 20_000_000 }],
    ['?maxDuration=20ms', { ...plain, minDuration: 1, maxDuration: 20_000 }],
    ['?minDuration=soon&maxDuration=-5', plain],
    ['?annotationQuery=error', { ...plain, annotationQuery: 'error' }],
    ['?annotationQuery=http.path%3D%2Ffoo+and+error', { ...plain, annotationQuery: 'http.path=/foo and error' }],
    ['?annotationQuery=a%3Db%3Dc', { ...plain, annotationQuery: 'a=b=c' }],
    ['?limit=42', { ...plain, limit: 42 }],
    ['?limit=0', plain],
    ['?limit=many', plain],
    ...Object.entries(LOOKBACKS).map(([name, lookback]) => [`?lookback=${name}`, { ...plain, lookback }] as const),
    ['?lookback=15m&endTs=1700000000000', { ...plain, endTs: 1_700_000_000_000 }],
    [
      '?lookback=range&startTs=1700000000000&endTs=1700000060000',
      { ...plain, endTs: 1_700_000_060_000, lookback: 60_000 },
    ],
    ['?lookback=millis&millis=12345&endTs=1700000000000', { ...plain, endTs: 1_700_000_000_000, lookback: 12_345 }],
    ['?lookback=millis&millis=12345', { ...plain, lookback: 12_345 }],
    ['?lookback=range&startTs=2&endTs=1', { ...plain, endTs: 1 }],
    ['?lookback=forever', plain],
  ];
  for (const [address, request] of links) {
    it(`asks the server for what ${address === '' ? 'an address without parameters' : address} means`, () => {
      assert.deepEqual(asked(address), request);
    });
  }

  it('reads links of the UI before Lens: lookback in milliseconds, and custom', () => {
    assert.equal(asked('?serviceName=all&spanName=all&lookback=3600000&limit=10')['lookback'], 3_600_000);
    assert.equal(asked('?lookback=custom&startTs=1700000000000&endTs=1700000060000')['lookback'], 60_000);
  });

  it('writes filters in words that Lens reads', () => {
    const filters: Filter[] = [
      { field: 'serviceName', value: 'checkout' },
      { field: 'minDuration', micros: 1_500_000 },
      { field: 'maxDuration', micros: 2_000_000 },
      { field: 'tag', key: 'http.method', value: 'POST' },
      { field: 'word', value: 'error' },
    ];
    const params = filterParams(filters);
    assert.equal(params['minDuration'], '1500ms');
    assert.equal(params['maxDuration'], '2s');
    assert.equal(params['annotationQuery'], 'http.method=POST and error');
    assert.deepEqual(read(stringifySearch(params)).filters, filters);
  });

  it('writes every kind of range so that it reads it back', () => {
    for (const range of [
      { kind: 'last', lookback: 900_000 },
      { kind: 'last', lookback: 900_000, endTs: 1_700_000_000_000 },
      { kind: 'last', lookback: 12_345 },
      { kind: 'range', startTs: 1, endTs: 2 },
    ] as const) {
      assert.deepEqual(read(stringifySearch(rangeParams(range))).range, range);
    }
  });
});
