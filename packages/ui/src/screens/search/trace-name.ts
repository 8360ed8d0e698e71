import type { TraceSummary } from '@tracekin/model';
import type { Catalogs } from '../../i18n/catalogs.ts';

/** `checkout: post /pay`, with words for what was not reported. */
export function traceName({ rootServiceName, rootSpanName }: TraceSummary, text: Catalogs['search']): string {
  return `${rootServiceName ?? text.unknownService}: ${rootSpanName ?? text.unknownSpan}`;
}
