/** The worker: holds the opened body and answers calls. Nothing of this runs on the main thread. */
import { formatNumber } from '../format/number-format.ts';
import { timeFormat } from '../format/time.ts';
import { compareTraces, type DiffSide } from '../kernel/compare.ts';
import { openFile } from '../kernel/files/open-file.ts';
import { readSpans, SpanReader } from '../kernel/read-spans.ts';
import { TraceSession } from '../kernel/session.ts';
import type { CallName, LoadResult, Reply, Request, TraceCalls } from './protocol.ts';

/** The part of a dedicated worker's global scope that is used; the DOM's typings have only the window's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(message: Reply, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

let session = new TraceSession(new SpanReader());
let refreshed: TraceSession | undefined;

type Handlers = {
  [N in CallName]: (...args: TraceCalls[N]['args']) => TraceCalls[N]['result'] | Promise<TraceCalls[N]['result']>;
};

const handlers: Handlers = {
  prepareFormats(locale, timeZone) {
    timeFormat(locale, timeZone).dateTime(0);
    formatNumber(locale, 0);
    return undefined;
  },
  async load(url) {
    const { result, reader } = await fetchSpans(url, true);
    if (reader !== undefined) session = new TraceSession(reader);
    return result;
  },
  loadFile(bytes) {
    const file = openFile(bytes);
    session = new TraceSession(readSpans(file.bytes));
    return { format: file.format, traces: session.traces() };
  },
  async refresh(url) {
    const { reader } = await fetchSpans(url, false);
    if (reader === undefined) return { added: 0 };
    const added = reader.records.count - session.reader.records.count;
    refreshed = added > 0 ? new TraceSession(reader) : undefined;
    return { added: Math.max(0, added) };
  },
  applyRefresh() {
    if (refreshed !== undefined) session = refreshed;
    refreshed = undefined;
    return undefined;
  },
  build: options => session.build(options),
  find: text => session.find(text),
  detail: row => session.detail(row),
  criticalPath: () => session.criticalPath(),
  stats: (by, within) => session.stats(by, within),
  tagColumn: key => session.tagColumn(key),
  tagKeys: () => session.tagKeys(),
  flame: mode => session.flame(mode),
  sandwich: (service, name) => session.sandwich(service, name),
  paths: side,
  compare: other => compareTraces(side(), other),
  events: () => session.events(),
  sort: (column, descending) => session.sort(column, descending),
  json: (from, to) => session.json(from, to),
  download: () => session.download(),
};

function side(): DiffSide {
  const { services, names } = session.reader.records;
  return { tree: session.paths(), services: services.strings, names: names.strings };
}

/** Reads the body while it arrives: when the last byte is here, all but the last span are columns already. */
async function fetchSpans(
  url: string,
  report: boolean,
): Promise<{ result: LoadResult; reader: SpanReader | undefined }> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  if (!response.ok || response.body === null) {
    const body = (await response.text()).slice(0, 500);
    return { result: { ok: false, status: response.status, body }, reader: undefined };
  }
  // A compressed body is longer than its Content-Length; the reader then grows.
  const reader = new SpanReader(Number(response.headers.get('content-length')) || 1 << 20);
  const stream = response.body.getReader();
  let told = 0;
  let arrivedAt = 0;
  for (;;) {
    const { done, value } = await stream.read();
    arrivedAt = performance.timeOrigin + performance.now();
    if (done) break;
    reader.write(value);
    if (report && arrivedAt - told > 100) {
      told = arrivedAt;
      scope.postMessage({ id: -1, bytes: reader.bytes.length, spans: reader.records.count }, []);
    }
  }
  reader.end();
  const result: LoadResult = { ok: true, spans: reader.records.count, bytes: reader.bytes.length, arrivedAt };
  return { result, reader };
}

scope.onmessage = event => {
  const { id, call, args } = event.data;
  void answer(id, call, args);
};

async function answer(id: number, call: CallName, args: readonly unknown[]): Promise<void> {
  try {
    const handler = handlers[call] as (...values: readonly unknown[]) => unknown;
    const result = await handler(...args);
    const { copy, buffers } = copyForTransfer(result);
    scope.postMessage({ id, ok: true, result: copy }, buffers);
  } catch (error) {
    scope.postMessage({ id, ok: false, message: error instanceof Error ? error.message : String(error) }, []);
  }
}

/**
 * The worker keeps its columns, the main thread gets its own: copying here and handing the copy over makes receiving cost
 * the main thread nothing, while a structured clone would make it copy 10 MB in one task.
 */
function copyForTransfer(value: unknown): { copy: unknown; buffers: Transferable[] } {
  const buffers: Transferable[] = [];
  const copies = new Map<object, unknown>();
  const walk = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item;
    const known = copies.get(item);
    if (known !== undefined) return known;
    if (ArrayBuffer.isView(item)) {
      const copy = (item as Float64Array).slice();
      buffers.push(copy.buffer);
      copies.set(item, copy);
      return copy;
    }
    // Lists hold texts or small objects of texts: nothing to transfer in them.
    if (Array.isArray(item)) return item;
    const result: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(item)) result[key] = walk(field);
    return result;
  };
  return { copy: walk(value), buffers };
}
