import { type Span, summarizeTrace, type TraceSummary, traceTags } from '@tracekin/model';

export interface SummarizeRequest {
  readonly url: string;
  /** Tags whose values each trace is to have. */
  readonly tagKeys: readonly string[];
}

export type SummarizeAnswer = { readonly traces: TraceSummary[] } | { readonly status: number; readonly body: string };

self.onmessage = async ({ data }: MessageEvent<SummarizeRequest>): Promise<void> => {
  const answer = await fetchAndSummarize(data);
  postMessage(answer);
};

async function fetchAndSummarize({ url, tagKeys }: SummarizeRequest): Promise<SummarizeAnswer> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { accept: 'application/json' } });
  } catch {
    return { status: 0, body: '' };
  }
  const text = await response.text();
  if (!response.ok) return { status: response.status, body: text.slice(0, 2000) };
  let traces: unknown;
  try {
    traces = JSON.parse(text);
  } catch {
    return { status: response.status, body: text.slice(0, 2000) };
  }
  return { traces: (Array.isArray(traces) ? traces : []).flatMap(spans => summarize(spans, tagKeys)) };
}

/** A trace that cannot be summed up is left out rather than taking the others with it. */
function summarize(spans: readonly Span[], tagKeys: readonly string[]): TraceSummary[] {
  try {
    return [{ ...summarizeTrace(spans), ...(tagKeys.length > 0 && { tags: traceTags(spans, tagKeys) }) }];
  } catch {
    return [];
  }
}
