import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GeneratedSpan, toBytes } from '../../packages/ui/src/kernel/testing/generate.ts';
import { startStaticHost } from '../../packages/ui/test/static-host.ts';
import { jaegerTrace } from './jaeger-trace.ts';

/** A user interface that shows the traces of the bench, and how to find its parts. */
export interface ServedUi {
  readonly name: 'Tracekin' | 'Zipkin Lens' | 'Jaeger UI';
  readonly address: (traceId: string) => string;
  /** A row of the timeline. */
  readonly row: string;
  /** What scrolls; `document` for the page itself, empty for the tallest of all boxes that do. */
  readonly scroller: string;
  /** The find box and where it says what it found; undefined when there is none. */
  readonly find: { readonly input: string; readonly result: string } | undefined;
  /** Whether Ctrl and wheel zooms. */
  readonly zooms: boolean;
  /** A larger trace is not tried. */
  readonly mostSpans: number;
  readonly close: () => void;
}

export type Traces = ReadonlyMap<string, readonly GeneratedSpan[]>;

const DIST = join(import.meta.dirname, '../../packages/ui/dist');

export async function serveTracekin(traces: Traces, port: number): Promise<ServedUi> {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the UI first: npm run build:ui');
  const answers = new Map<string, Uint8Array>([['/config.json', new TextEncoder().encode('{}')]]);
  for (const [id, spans] of traces) answers.set(`/api/v2/trace/${id}`, toBytes(spans));
  const host = await startStaticHost(DIST, '/zipkin', answers, port);
  return {
    name: 'Tracekin',
    // Each span a row of its own, as in the others.
    address: id => `http://127.0.0.1:${port}/zipkin/traces/${id}?group=0`,
    row: '[role=treegrid] [role=row]',
    scroller: '[role=treegrid]',
    find: { input: '#trace-find', result: 'search [role=status]' },
    zooms: true,
    mostSpans: Number.POSITIVE_INFINITY,
    close: () => void host.close(),
  };
}

/** A build of Jaeger UI, by whoever has one; its API answers the same spans in Jaeger's form. */
export async function serveJaegerUi(dist: string, traces: Traces, port: number): Promise<ServedUi> {
  const answers = new Map<string, Uint8Array>();
  for (const [id, spans] of traces) answers.set(`/api/traces/${id}`, jaegerTrace(id, spans));
  const host = await startStaticHost(dist, '', answers, port);
  return {
    name: 'Jaeger UI',
    address: id => `http://127.0.0.1:${port}/trace/${id}`,
    row: '.span-row',
    scroller: 'document',
    find: { input: '.TracePageSearchBar input', result: '.TracePageSearchBar--count' },
    zooms: false,
    mostSpans: Number.POSITIVE_INFINITY,
    close: () => void host.close(),
  };
}

/** Lens as its own server serves it, from Zipkin's executable jar. */
export async function serveLens(jar: string, traces: Traces, port: number): Promise<ServedUi> {
  const child = spawn('java', ['-Xmx1g', '-jar', jar], {
    env: { ...process.env, QUERY_PORT: String(port), MEM_MAX_SPANS: '500000', SELF_TRACING_ENABLED: 'false' },
    stdio: 'ignore',
  });
  const base = `http://127.0.0.1:${port}`;
  const isUp = (): Promise<boolean> =>
    fetch(`${base}/health`).then(
      response => response.ok,
      () => false,
    );
  for (let tries = 0; tries < 240 && !(await isUp()); tries++) await sleep(500);
  const mostSpans = Number(process.env['LENS_MOST'] ?? 10_000);
  for (const spans of traces.values()) {
    if (spans.length > mostSpans) continue;
    for (let i = 0; i < spans.length; i += 5000) {
      const { status } = await fetch(`${base}/api/v2/spans`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(spans.slice(i, i + 5000)),
      });
      if (status !== 202) throw new Error(`Zipkin answered ${status}`);
    }
  }
  return {
    name: 'Zipkin Lens',
    address: id => `${base}/zipkin/traces/${id}`,
    // Its rows have generated class names; their size is what tells them.
    row: 'div[style*="position: absolute"][style*="height: 30px"]',
    scroller: '',
    find: undefined,
    zooms: false,
    mostSpans,
    close: () => void child.kill(),
  };
}
