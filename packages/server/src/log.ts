import { type Logger, pino } from 'pino';
import type { Settings } from './settings/settings.ts';

export interface LogTarget {
  write(line: string): void;
  readonly isTTY?: boolean;
}

/** The server's log: one JSON object a line, or one readable line. Ids and figures, never payloads. */
export function createLog(
  settings: Pick<Settings, 'logLevel' | 'logFormat'>,
  target: LogTarget = process.stdout,
): Logger {
  const readable = settings.logFormat === 'text' || (settings.logFormat === 'auto' && target.isTTY === true);
  const options = {
    level: settings.logLevel,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, readable ? { write: (line: string) => target.write(formatLine(line)) } : target);
}

/** `2026-11-21T09:59:19.377Z INFO  message key=value`. */
function formatLine(json: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const pairs = Object.entries(fields).map(
    ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const stack = (err as { stack?: string } | undefined)?.stack;
  return `${time} ${String(level).toUpperCase().padEnd(5)} ${msg ?? ''}${pairs.join('')}${stack === undefined ? '' : `\n${stack}`}\n`;
}
