import { decodeSpans } from '@tracekin/codec';
import { summarizeTrace, TracekinError, type TraceSummary } from '@tracekin/model';
import type { Command } from 'commander';
import { duration } from '../settings/value-kinds.ts';
import { formatMicros } from './format-micros.ts';
import { callServer, readAnswer, urlOption } from './server-client.ts';
import type { Terminal } from './terminal.ts';

interface SearchOptions {
  readonly url: string;
  readonly json?: boolean;
  readonly service?: string;
  readonly span?: string;
  readonly remoteService?: string;
  readonly query?: string;
  readonly min?: string;
  readonly max?: string;
  readonly end?: string;
  readonly lookback?: string;
  readonly limit?: string;
}

export function addSearch(program: Command, terminal: Terminal): Command {
  return program
    .command('search')
    .summary('find traces')
    .description('Lists traces of which one span meets all criteria, newest first.')
    .option('--service <name>', 'local service name')
    .option('--span <name>', 'span name')
    .option('--remote-service <name>', 'remote service name')
    .option('--query <text>', 'tags and annotations, e.g. "error and http.method=GET"')
    .option('--min <duration>', 'shortest duration, e.g. 100us, 10ms or 1s')
    .option('--max <duration>', 'longest duration; needs --min')
    .option(
      '--end <time>',
      'latest start: milliseconds since the epoch or a date such as 2026-11-21T10:00Z; default now',
    )
    .option('--lookback <duration>', 'how far back from there, e.g. 15m or 2d')
    .option('--limit <count>', 'how many traces')
    .option('--json', 'print the summaries as JSON')
    .addOption(urlOption())
    .addHelpText(
      'after',
      '\nExamples:\n  tracekin search --service frontend --min 100ms\n  tracekin search --query error --lookback 1h --json',
    )
    .action(async (options: SearchOptions) => {
      const traces = await findSummaries(options.url, searchParameters(options));
      if (options.json) return terminal.out(`${JSON.stringify(traces)}\n`);
      if (traces.length === 0) return terminal.err('no traces found; widen the search with --lookback\n');
      terminal.out(table(traces));
    });
}

function searchParameters(options: SearchOptions): URLSearchParams {
  const parameters = new URLSearchParams();
  const add = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) parameters.set(name, String(value));
  };
  add('serviceName', options.service);
  add('spanName', options.span);
  add('remoteServiceName', options.remoteService);
  add('annotationQuery', options.query);
  add('minDuration', options.min && parseMicros('--min', options.min));
  add('maxDuration', options.max && parseMicros('--max', options.max));
  add('endTs', options.end && parseTime(options.end));
  add('lookback', options.lookback && parseMillis('--lookback', options.lookback));
  add('limit', options.limit);
  return parameters;
}

/** From the summary endpoint; from a server that has none, such as Zipkin, from whole traces. */
async function findSummaries(url: string, parameters: URLSearchParams): Promise<TraceSummary[]> {
  const response = await callServer(url, `/api/tracekin/v1/summaries?${parameters}`);
  if (response.status !== 404) return ((await readAnswer(response)) as { traces: TraceSummary[] }).traces;
  await response.body?.cancel();
  const traces = (await readAnswer(await callServer(url, `/api/v2/traces?${parameters}`))) as unknown[][];
  return traces.map(trace => summarizeTrace(decodeSpans(Buffer.from(JSON.stringify(trace)), 'json-v2')));
}

function table(traces: readonly TraceSummary[]): string {
  const rows = traces.map(trace => [
    trace.traceId,
    trace.timestamp === undefined ? '' : new Date(trace.timestamp / 1000).toISOString(),
    trace.duration === undefined ? '' : formatMicros(trace.duration),
    String(trace.spanCount),
    trace.errorCount === 0 ? '' : String(trace.errorCount),
    `${trace.rootServiceName ?? 'unknown'}: ${trace.rootSpanName ?? 'unknown'}`,
  ]);
  const all = [['TRACE ID', 'START', 'DURATION', 'SPANS', 'ERRORS', 'ROOT'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map(row => row[column]!.length)));
  return all
    .map(
      row =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function parseMicros(flag: string, text: string): number {
  const micros = /^([0-9]{1,15})(?:us|µs)?$/.exec(text);
  return micros ? Number(micros[1]) : parseMillis(flag, text) * 1000;
}

function parseMillis(flag: string, text: string): number {
  const parsed = duration('ms').schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new TracekinError(
    'invalid-argument',
    `${flag} ${text}: must be a length of time such as 100us, 10ms, 1s, 15m or 2d`,
  );
}

function parseTime(text: string): number {
  const millis = /^[0-9]+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(millis)) return millis;
  throw new TracekinError(
    'invalid-argument',
    `--end ${text}: must be milliseconds since the epoch or a date such as 2026-11-21T10:00Z`,
  );
}
