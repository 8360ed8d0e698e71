import type { SettingRows } from '../setting-row.ts';
import { bytes, flag, oneOf, sortedList, text, wholeNumber } from '../value-kinds.ts';

export const STORAGE_ROWS: Pick<
  SettingRows,
  | 'storage'
  | 'data'
  | 'strictTraceId'
  | 'searchEnabled'
  | 'autocompleteKeys'
  | 'memMaxSpans'
  | 'retentionDays'
  | 'retentionBytes'
> = {
  storage: {
    key: 'storage',
    env: ['STORAGE_TYPE'],
    kind: oneOf('mem', 'clickhouse', 'elasticsearch'),
    default: 'clickhouse',
    text: 'Where spans are kept.',
  },
  data: {
    key: 'data',
    env: ['TRACEKIN_DATA_DIR'],
    kind: text,
    default: './data',
    text: 'Directory of everything that this server writes to disk.',
  },
  strictTraceId: {
    key: 'strict-trace-id',
    env: ['STRICT_TRACE_ID'],
    kind: flag,
    default: true,
    text: 'false lets a trace id match by its right-most 16 characters, for systems that mix 64-bit and 128-bit ids.',
  },
  searchEnabled: {
    key: 'search-enabled',
    env: ['SEARCH_ENABLED'],
    kind: flag,
    default: true,
    text: 'false leaves only trace by id and dependencies; names and searches then answer empty.',
  },
  autocompleteKeys: {
    key: 'autocomplete-keys',
    env: ['AUTOCOMPLETE_KEYS'],
    kind: sortedList,
    default: [],
    text: 'Tag keys whose values the search box offers.',
  },
  memMaxSpans: {
    key: 'mem-max-spans',
    env: ['MEM_MAX_SPANS'],
    kind: wholeNumber(1, 2 ** 31 - 1),
    default: 500_000,
    text: 'Spans that memory storage holds before it drops the oldest traces.',
  },
  retentionDays: {
    key: 'retention-days',
    env: ['TRACEKIN_RETENTION_DAYS'],
    kind: wholeNumber(0),
    default: undefined,
    text: 'Days after which spans are dropped; 0 keeps them. Unset means 7 with clickhouse storage and 0 with elasticsearch, whose data may be shared.',
  },
  retentionBytes: {
    key: 'retention-bytes',
    env: ['TRACEKIN_RETENTION_BYTES'],
    kind: bytes,
    default: 0,
    text: 'Disk space above which the oldest spans are dropped (clickhouse storage). 0 sets no bound.',
  },
};
