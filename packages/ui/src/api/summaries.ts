import type { TraceSummary } from '@tracekin/model';
import type { UiConfig } from './config.ts';
import { apiUrl, getJson, type QueryParameters } from './request.ts';

/**
 * Rows of a search. A Tracekin server sends summaries; a Zipkin server only knows whole traces, which a worker fetches and
 * sums up, so that parsing them never blocks the page.
 *
 * @param parameters those of `/api/v2/traces`
 * @param tagKeys tags whose values each row is to have
 * @throws RequestError
 */
export async function fetchSummaries(
  config: UiConfig,
  parameters: QueryParameters,
  signal: AbortSignal,
  tagKeys: readonly string[] = [],
): Promise<TraceSummary[]> {
  if (config.capabilities.has('summaries')) {
    return (
      await getJson<{ traces: TraceSummary[] }>(
        'api/tracekin/v1/summaries',
        { ...parameters, tagKeys: config.capabilities.has('tagColumns') ? tagKeys.join(',') : undefined },
        signal,
      )
    ).traces;
  }
  const { summarizeInWorker } = await import('./summarize-in-worker.ts');
  return summarizeInWorker(apiUrl('api/v2/traces', parameters), tagKeys, signal);
}
