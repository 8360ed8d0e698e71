import { apiUrl } from './request.ts';

/** The plain Zipkin address of a trace; the worker reads it. */
export function traceUrl(traceId: string): string {
  return apiUrl(`api/v2/trace/${encodeURIComponent(traceId)}`).href;
}
