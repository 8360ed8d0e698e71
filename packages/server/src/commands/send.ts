import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeSpanJsonV2 } from '@tracekin/codec';
import { type Span, TracekinError } from '@tracekin/model';
import type { Command } from 'commander';
import { callServer, urlOption } from './server-client.ts';
import { readSpans } from './span-files.ts';
import { readInput, type Terminal } from './terminal.ts';

/** Characters of a message; servers take at least 10 MiB and brokers often one. */
const MESSAGE_CHARACTERS = 1_000_000;
const RETRIES = 5;

export function addSend(program: Command, terminal: Terminal): Command {
  return program
    .command('send')
    .summary('send spans from files')
    .description(
      'Sends the spans of files to a server. The format is detected: Zipkin JSON v1 and v2, thrift, proto3, OTLP JSON, gzipped or not, lists of traces, or one JSON document a line. - reads the standard input.',
    )
    .argument('<file...>', 'files of spans')
    .addOption(urlOption())
    .addHelpText(
      'after',
      '\nExamples:\n  tracekin send trace.json\n  tracekin send --url http://zipkin.example:9411 export/*.json.gz\n  tracekin get --json 48485a3953bb6124 --url http://old:9411 | tracekin send -',
    )
    .action(async (files: string[], { url }: { url: string }) => {
      let sent = 0;
      for (const file of files) {
        const spans = readSpans(await readSource(file, terminal), file);
        let done = 0;
        for (const message of messages(spans)) {
          await post(url, message);
          done += message.length;
          showProgress(terminal, file, done, spans.length);
        }
        sent += done;
      }
      terminal.err(`${sent} spans sent to ${url}\n`);
    });
}

async function readSource(file: string, terminal: Terminal): Promise<Uint8Array> {
  if (file === '-') return readInput(terminal);
  try {
    return await readFile(file);
  } catch (error) {
    throw new TracekinError('invalid-argument', `cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** Encoded spans, cut into messages. */
function* messages(spans: readonly Span[]): Generator<string[]> {
  let message: string[] = [];
  let characters = 0;
  for (const span of spans) {
    const json = encodeSpanJsonV2(span);
    if (message.length > 0 && characters + json.length > MESSAGE_CHARACTERS) {
      yield message;
      message = [];
      characters = 0;
    }
    message.push(json);
    characters += json.length;
  }
  if (message.length > 0) yield message;
}

/** Waits as the server asks when it is overloaded. */
async function post(url: string, message: readonly string[]): Promise<void> {
  const body = `[${message.join(',')}]`;
  for (let attempt = 0; ; attempt++) {
    const response = await callServer(url, '/api/v2/spans', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const text = await response.text();
    if (response.ok) return;
    if ((response.status === 503 || response.status === 429) && attempt < RETRIES) {
      await sleep(1000 * Math.min(30, Number(response.headers.get('retry-after')) || 1));
      continue;
    }
    const code = response.status < 500 ? 'invalid-argument' : 'unavailable';
    throw new TracekinError(code, `${url} answered ${response.status}: ${text.trim()}`);
  }
}

function showProgress(terminal: Terminal, file: string, done: number, total: number): void {
  if (!terminal.interactive) return;
  const width = 30;
  const filled = Math.round((done / total) * width);
  terminal.err(
    `\r${file} [${'#'.repeat(filled)}${' '.repeat(width - filled)}] ${done}/${total} spans${done === total ? '\n' : ''}`,
  );
}
