import type { SettingRows } from '../setting-row.ts';
import { duration, flag, seconds, wholeNumber } from '../value-kinds.ts';

export const QUERY_ROWS: Pick<
  SettingRows,
  'queryEnabled' | 'queryTimeoutMs' | 'queryLookbackMs' | 'queryMaxLimit' | 'namesMaxAgeSeconds' | 'deleteEnabled'
> = {
  queryEnabled: {
    key: 'query-enabled',
    env: ['QUERY_ENABLED'],
    kind: flag,
    default: true,
    text: 'false makes this server a collector only: no query API and, unless ui-enabled says otherwise, no UI.',
  },
  queryTimeoutMs: {
    key: 'query-timeout',
    env: ['QUERY_TIMEOUT'],
    kind: duration('ms'),
    default: 11_000,
    text: 'Time limit of a query; it is answered with 500 afterwards. 0 sets none.',
  },
  queryLookbackMs: {
    key: 'query-lookback',
    env: ['QUERY_LOOKBACK'],
    kind: duration('ms'),
    default: 86_400_000,
    text: 'How far back queries reach that do not say.',
  },
  queryMaxLimit: {
    key: 'query-max-limit',
    env: ['QUERY_MAX_LIMIT'],
    kind: wholeNumber(1, 2 ** 31 - 1),
    default: 10_000,
    text: 'Largest limit of a trace search; a larger one is answered with 400. Zipkin has no such bound.',
  },
  namesMaxAgeSeconds: {
    key: 'names-max-age',
    env: ['ZIPKIN_QUERY_NAMES_MAX_AGE'],
    kind: seconds,
    default: 300,
    text: 'How long browsers may cache lists of names.',
  },
  deleteEnabled: {
    key: 'delete-enabled',
    env: ['TRACEKIN_DELETE_ENABLED'],
    kind: flag,
    default: false,
    text: 'Whether DELETE /api/tracekin/v1/trace/{traceId} is allowed.',
  },
};
