import { basename } from 'node:path';
import type { FormatName } from './propagation/format.ts';
import { httpRules } from './sampler/http-rules.ts';
import { rateLimitingSampler } from './sampler/rate-limiting.ts';
import type { Settings } from './settings.ts';
import type { StartOptions } from './start-tracing.ts';

/** What `startTracing` is to be given for these settings. `mainScript` is the path that names a service which has no other name. */
export function startOptions(
  settings: Settings,
  npmPackageName: string | undefined,
  mainScript: string | undefined,
): StartOptions {
  const formats = settings.propagation?.filter(name => name !== 'baggage') as FormatName[] | undefined;
  const ignored = settings.ignorePaths?.map(pathPrefix => ({ pathPrefix, sample: false }));
  return {
    serviceName: settings.serviceName ?? npmPackageName ?? scriptName(mainScript),
    endpoint: settings.endpoint,
    headers: settings.headers,
    gzip: settings.gzip,
    sampler:
      settings.tracesPerSecond === undefined ? settings.sampleRate : rateLimitingSampler(settings.tracesPerSecond),
    supportsJoin: settings.supportsJoin,
    traceId: { bits: settings.traceIdBits, epochPrefix: settings.epochPrefix },
    propagation: { write: formats, baggage: settings.baggage?.map(name => ({ name })) },
    http: ignored === undefined ? undefined : { serverSampler: httpRules(ignored) },
    defaultTags: settings.tags,
    peers: settings.peers,
    disable: settings.disable,
    reporting: {
      encoding: settings.encoding,
      flushIntervalMs: settings.flushIntervalMs,
      maxQueuedSpans: settings.maxQueuedSpans,
    },
  };
}

function scriptName(path: string | undefined): string {
  return path === undefined ? 'unknown' : basename(path).replace(/\.[cm]?[jt]s$/, '') || 'unknown';
}
