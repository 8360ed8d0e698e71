import { decodeSpans } from '@tracekin/codec';
import { normalizeTraceId } from '@tracekin/model';
import { traceRows } from '@tracekin/query';
import type { Command } from 'commander';
import { formatMicros } from './format-micros.ts';
import { callServer, readAnswer, urlOption } from './server-client.ts';
import type { Terminal } from './terminal.ts';

export function addGet(program: Command, terminal: Terminal): Command {
  return program
    .command('get')
    .summary('show a trace')
    .description(
      'Shows a trace as a tree, merged and corrected for clock skew, or with --json the spans as they were reported.',
    )
    .argument('<traceId>', '1 to 32 lower-hex characters')
    .addOption(urlOption())
    .option('--json', 'print the spans as Zipkin JSON v2')
    .addHelpText(
      'after',
      '\nExamples:\n  tracekin get 48485a3953bb6124\n  tracekin get --json 48485a3953bb6124 > trace.json',
    )
    .action(async (traceId: string, options: { url: string; json?: boolean }) => {
      const answer = await readAnswer(await callServer(options.url, `/api/v2/trace/${normalizeTraceId(traceId)}`));
      if (options.json) return terminal.out(`${JSON.stringify(answer)}\n`);
      const spans = decodeSpans(Buffer.from(JSON.stringify(answer)), 'json-v2');
      for (const { span, depth, skewMicros } of traceRows(spans)) {
        const service = span.localEndpoint?.serviceName ?? 'unknown';
        const marks = [
          span.kind?.toLowerCase(),
          span.duration === undefined ? undefined : formatMicros(span.duration),
          skewMicros === undefined ? undefined : `clock moved by ${formatMicros(skewMicros)}`,
          span.tags?.['error'] === undefined ? undefined : `error: ${span.tags['error'] || 'true'}`,
        ].filter(mark => mark !== undefined);
        terminal.out(
          `${'  '.repeat(Math.min(depth, 40))}${service}: ${span.name ?? 'unknown'} (${span.id}) ${marks.join(', ')}\n`,
        );
      }
    });
}
