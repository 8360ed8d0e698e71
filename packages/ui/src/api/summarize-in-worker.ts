import type { TraceSummary } from '@tracekin/model';
import { RequestError } from './request.ts';
import type { SummarizeAnswer, SummarizeRequest } from './summarize-worker.ts';

/** Fetches `url`, an answer of `/api/v2/traces`, in a worker of its own and sums the traces up there. */
export function summarizeInWorker(url: URL, tagKeys: readonly string[], signal: AbortSignal): Promise<TraceSummary[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./summarize-worker.ts', import.meta.url), { type: 'module' });
    const abort = (): void => {
      worker.terminate();
      reject(signal.reason);
    };
    const end = (): void => {
      signal.removeEventListener('abort', abort);
      worker.terminate();
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    worker.onmessage = ({ data }: MessageEvent<SummarizeAnswer>) => {
      end();
      if ('traces' in data) resolve(data.traces);
      else reject(new RequestError(url.pathname + url.search, data.status, data.body));
    };
    worker.onerror = ({ message }) => {
      end();
      reject(new Error(message));
    };
    worker.postMessage({ url: url.href, tagKeys } satisfies SummarizeRequest);
  });
}
