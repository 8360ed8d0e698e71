import { TracekinError } from '@tracekin/model';
import type { Storage } from '@tracekin/storage';
import type { Logger } from 'pino';
import type { Settings, StorageType } from './settings/settings.ts';

interface Backend {
  open(settings: Settings, log: Logger): Promise<Storage>;
  /** For the start-up message: what it is and where the data is. */
  describe(settings: Settings): string;
}

const unsupported = (name: string): (() => Promise<Storage>) => () =>
  Promise.reject(new TracekinError('unsupported', `STORAGE_TYPE=${name} is not part of this build; use mem`));

/** The only file that knows backends by name. Each is loaded when it is chosen. */
const BACKENDS: { readonly [K in StorageType]: Backend } = {
  mem: {
    async open(settings) {
      const { MemoryStorage } = await import('@tracekin/storage');
      return new MemoryStorage({
        strictTraceId: settings.strictTraceId,
        searchEnabled: settings.searchEnabled,
        autocompleteKeys: settings.autocompleteKeys,
        maxSpans: settings.memMaxSpans,
      });
    },
    describe: settings => `memory, at most ${settings.memMaxSpans} spans, gone when the server stops`,
  },
  clickhouse: { open: unsupported('clickhouse'), describe: settings => settings.clickhouseUrl ?? `embedded ClickHouse in ${settings.data}` },
  elasticsearch: { open: unsupported('elasticsearch'), describe: settings => `Elasticsearch at ${settings.esHosts.join(', ')}` },
};

/**
 * The storage that the settings name. It connects when it is first used.
 *
 * @throws TracekinError `unsupported` when this build or platform lacks it
 */
export function openStorage(settings: Settings, log: Logger): Promise<Storage> {
  return BACKENDS[settings.storage].open(settings, log);
}

export function describeStorage(settings: Settings): string {
  return BACKENDS[settings.storage].describe(settings);
}
