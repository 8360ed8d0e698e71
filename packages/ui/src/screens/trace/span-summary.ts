import { formatDuration } from '../../kernel/duration-text.ts';
import { ERROR } from '../../kernel/trace.ts';
import type { PageContext } from './trace-page.tsx';

/** One line to paste into a chat: what, how long, whether it failed, and where to look. */
export function spanSummary({ opened: { trace }, text }: PageContext, row: number): string {
  const failed = ((trace.flags[row] as number) & ERROR) === 0 ? '' : ', error';
  const what = `${text.service(row)} ${text.name(row)}`.trim();
  return `${what}, ${formatDuration(trace.duration[row] as number)}${failed} (trace ${trace.traceId}, span ${text.id(row)}) ${location.href}`;
}
