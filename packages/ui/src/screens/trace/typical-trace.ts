import type { UiConfig } from '../../api/config.ts';
import { fetchSummaries } from '../../api/summaries.ts';

/** Traces that are looked at; the median of more would hardly differ. */
const SAMPLE = 100;
/** Around the trace: what was normal yesterday says little about now. */
const AROUND_MS = 3_600_000;

export interface TypicalQuery {
  readonly traceId: string;
  readonly service: string;
  readonly name: string;
  /** Epoch µs of the trace to compare. */
  readonly startedAt: number;
}

/**
 * Id of the trace of median duration among those with the same root operation, in the hour before and the hour after; undefined
 * when there is no other. Throws a RequestError when the server cannot be asked.
 */
export async function findTypicalTrace(config: UiConfig, query: TypicalQuery): Promise<string | undefined> {
  const { traceId, service, name, startedAt } = query;
  const summaries = await fetchSummaries(
    config,
    {
      serviceName: service,
      spanName: name,
      endTs: Math.round(Math.min(Date.now(), startedAt / 1000 + AROUND_MS)),
      lookback: 2 * AROUND_MS,
      limit: SAMPLE,
    },
    AbortSignal.timeout(20_000),
  );
  const same = summaries
    .filter(
      one =>
        one.rootServiceName === service &&
        (name === '' || one.rootSpanName === name) &&
        one.duration !== undefined &&
        one.traceId.slice(-16) !== traceId.slice(-16),
    )
    .sort((a, b) => (a.duration ?? 0) - (b.duration ?? 0));
  return same[(same.length - 1) >> 1]?.traceId;
}
