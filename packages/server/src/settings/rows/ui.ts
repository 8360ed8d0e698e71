import type { SettingRows } from '../setting-row.ts';
import { anyText, duration, flag, link, rate, urlPath, wholeNumber } from '../value-kinds.ts';

export const UI_ROWS: Pick<
  SettingRows,
  | 'uiEnabled'
  | 'uiBasepath'
  | 'uiEnvironment'
  | 'uiQueryLimit'
  | 'uiDefaultLookbackMs'
  | 'uiSearchEnabled'
  | 'uiLogsUrl'
  | 'uiSupportUrl'
  | 'uiArchivePostUrl'
  | 'uiArchiveUrl'
  | 'uiDependencyEnabled'
  | 'uiDependencyLowErrorRate'
  | 'uiDependencyHighErrorRate'
> = {
  uiEnabled: {
    key: 'ui-enabled',
    env: ['UI_ENABLED'],
    kind: flag,
    default: { derivedFrom: 'query-enabled', derive: settings => settings.queryEnabled },
    text: 'Whether the UI is served.',
  },
  uiBasepath: {
    key: 'ui-basepath',
    env: ['ZIPKIN_UI_BASEPATH'],
    kind: urlPath,
    default: '/zipkin',
    text: 'Path under which a proxy shows the UI. The server itself always serves it at /zipkin.',
  },
  uiEnvironment: {
    key: 'ui-environment',
    env: ['ZIPKIN_UI_ENVIRONMENT'],
    kind: anyText,
    default: '',
    text: 'Label shown in the top bar.',
  },
  uiQueryLimit: {
    key: 'ui-query-limit',
    env: ['ZIPKIN_UI_QUERY_LIMIT'],
    kind: wholeNumber(1, 2 ** 31 - 1),
    default: 10,
    text: 'How many traces the UI asks for at first.',
  },
  uiDefaultLookbackMs: {
    key: 'ui-default-lookback',
    env: ['ZIPKIN_UI_DEFAULT_LOOKBACK'],
    kind: duration('ms'),
    default: 900_000,
    text: 'How far back the UI searches at first.',
  },
  uiSearchEnabled: {
    key: 'ui-search-enabled',
    env: ['ZIPKIN_UI_SEARCH_ENABLED'],
    kind: flag,
    default: { derivedFrom: 'search-enabled', derive: settings => settings.searchEnabled },
    text: 'Whether the UI offers the search.',
  },
  uiLogsUrl: {
    key: 'ui-logs-url',
    env: ['ZIPKIN_UI_LOGS_URL'],
    kind: link,
    default: undefined,
    text: 'Link to the logs of a trace; {traceId} is replaced.',
  },
  uiSupportUrl: {
    key: 'ui-support-url',
    env: ['ZIPKIN_UI_SUPPORT_URL'],
    kind: link,
    default: undefined,
    text: 'Link to whoever helps the users of this server.',
  },
  uiArchivePostUrl: {
    key: 'ui-archive-post-url',
    env: ['ZIPKIN_UI_ARCHIVE_POST_URL'],
    kind: link,
    default: undefined,
    text: 'Where the UI posts a trace that is to be archived.',
  },
  uiArchiveUrl: {
    key: 'ui-archive-url',
    env: ['ZIPKIN_UI_ARCHIVE_URL'],
    kind: link,
    default: undefined,
    text: 'Link to an archived trace; {traceId} is replaced.',
  },
  uiDependencyEnabled: {
    key: 'ui-dependency-enabled',
    env: ['ZIPKIN_UI_DEPENDENCY_ENABLED'],
    kind: flag,
    default: true,
    text: 'Whether the UI shows the service map.',
  },
  uiDependencyLowErrorRate: {
    key: 'ui-dependency-low-error-rate',
    env: ['ZIPKIN_UI_DEPENDENCY_LOW_ERROR_RATE'],
    kind: rate,
    default: 0.5,
    text: 'Part of failed calls from which a link of the map is marked as a warning.',
  },
  uiDependencyHighErrorRate: {
    key: 'ui-dependency-high-error-rate',
    env: ['ZIPKIN_UI_DEPENDENCY_HIGH_ERROR_RATE'],
    kind: rate,
    default: 0.75,
    text: 'Part of failed calls from which a link of the map is marked as an error.',
  },
};
