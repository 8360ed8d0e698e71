import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { linkSpans, lowTraceId, type Span, TracekinError } from '@tracekin/model';
import type { LinkDocument, TraceLinks } from './link-documents.ts';
import { LinkRecords } from './link-records.ts';
import { PendingTraces } from './pending-traces.ts';
import { TraceLinker, type TraceLinkerOptions } from './trace-linker.ts';

const traceId = '463ac35c9f6413ad48485a3953bb6124';
const timestamp = 1_700_000_000_000_000;
const client: Span = {
  traceId,
  id: '000000000000000a',
  kind: 'CLIENT',
  timestamp,
  localEndpoint: { serviceName: 'web' },
};
const server: Span = { traceId, id: client.id, kind: 'SERVER', shared: true, localEndpoint: { serviceName: 'app' } };

/** The cluster as the linker sees it: stored spans, and a document for each trace. */
class FakeCluster {
  readonly spans: Span[] = [];
  readonly documents = new Map<string, TraceLinks>();
  readonly linked: number[] = [];
  refreshes = 0;
  down = false;
  /** How often a replacement meets somebody else's change. */
  conflicts = 0;

  linker(pending = new PendingTraces(dir)): TraceLinker {
    const check = (): void => {
      if (this.down) throw new TracekinError('unavailable', 'down');
    };
    const documents: TraceLinkerOptions['documents'] = {
      create: async traces => {
        check();
        const known = traces.filter(trace => this.documents.has(trace.lowTraceId)).map(trace => trace.lowTraceId);
        for (const trace of traces) {
          if (!this.documents.has(trace.lowTraceId)) this.documents.set(trace.lowTraceId, trace);
        }
        return { known: new Set(known), refused: [] };
      },
      elsewhere: async () => new Set<string>(),
      locate: async ids =>
        ids.flatMap((id): LinkDocument[] => {
          const found = this.documents.get(id);
          if (found === undefined) return [];
          return [{ lowTraceId: id, index: '', version: { seqNo: 1, primaryTerm: 1 }, traceIds: found.traceIds }];
        }),
      replace: async traces => {
        check();
        if (this.conflicts-- > 0) return new Set(traces.map(trace => trace.lowTraceId));
        for (const trace of traces) this.documents.set(trace.lowTraceId, trace);
        return new Set<string>();
      },
    };
    return new TraceLinker({
      documents,
      pending,
      readTraces: async ids => this.spans.filter(span => ids.includes(span.traceId)),
      refresh: async () => {
        this.refreshes += 1;
      },
      onLinked: timestamps => this.linked.push(...timestamps),
      log: () => {},
    });
  }

  store(linker: TraceLinker, ...spans: Span[]): void {
    this.spans.push(...spans);
    const records = new LinkRecords();
    for (const span of spans) records.add(span);
    linker.add(records);
  }

  get links(): unknown {
    return this.documents.get(lowTraceId(traceId))?.links;
  }
}

let dir = '';
const left = (): string[] => new PendingTraces(dir).recover();
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tracekin-linker-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a whole trace is linked from memory, told of, and forgotten', async () => {
  const cluster = new FakeCluster();
  const linker = cluster.linker();
  cluster.store(linker, client, server);
  assert.match(readFileSync(join(dir, 'pending-links.txt'), 'latin1'), new RegExp(traceId));
  await linker.close();
  assert.deepEqual(cluster.links, linkSpans([client, server]));
  assert.deepEqual([cluster.linked, cluster.refreshes, left()], [[timestamp], 0, []]);
});

test('late spans make the trace be read back whole', async () => {
  const cluster = new FakeCluster();
  const linker = cluster.linker();
  cluster.store(linker, client);
  await linker.flush();
  assert.deepEqual(cluster.links, []);
  cluster.store(linker, { ...server, timestamp });
  await linker.close();
  assert.deepEqual(cluster.links, linkSpans([client, server]));
  assert.deepEqual(left(), []);
});

test('a trace that another server changes meanwhile is read again', async () => {
  const cluster = new FakeCluster();
  const linker = cluster.linker();
  cluster.store(linker, client);
  await linker.flush();
  cluster.store(linker, { ...server, timestamp });
  cluster.conflicts = 3;
  await linker.close();
  assert.equal(cluster.refreshes, 4);
  assert.deepEqual(cluster.links, linkSpans([client, server]));
});

test('what cannot be linked now is linked later, by the next process if need be', async () => {
  const cluster = new FakeCluster();
  const linker = cluster.linker();
  cluster.store(linker, client, server);
  cluster.down = true;
  await assert.rejects(linker.flush(), { code: 'unavailable' });
  await linker.close();
  cluster.down = false;
  await cluster.linker().close();
  assert.deepEqual(cluster.links, linkSpans([client, server]));
  assert.deepEqual(left(), []);
});

test('what could not be noted in the file is noted with the same batch again, and linked once', async () => {
  const cluster = new FakeCluster();
  const pending = new PendingTraces(dir);
  const { add } = pending;
  pending.add = () => {
    throw new TracekinError('unavailable', 'no space');
  };
  const linker = cluster.linker(pending);
  assert.throws(() => cluster.store(linker, client, server), { code: 'unavailable' });
  pending.add = add;
  cluster.store(linker, client, server);
  assert.match(readFileSync(join(dir, 'pending-links.txt'), 'latin1'), new RegExp(traceId));
  await linker.close();
  assert.deepEqual(cluster.links, linkSpans([client, server]));
  assert.deepEqual(left(), []);
});

test('a trace without any time has no links and is forgotten', async () => {
  const cluster = new FakeCluster();
  const linker = cluster.linker();
  cluster.store(linker, server);
  await linker.close();
  assert.equal(cluster.documents.size, 0);
  assert.deepEqual(left(), []);
});
