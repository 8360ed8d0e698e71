import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeSpans } from '@tracekin/codec';
import { TracekinError } from '@tracekin/model';
import { createCollector } from '../collector.ts';
import { CollectorMetrics } from '../collector-metrics.ts';
import { createSampler } from '../sampler.ts';
import { FakeStorage, someSpans, unavailable } from '../testing/fake-storage.ts';
import { openSpool } from './spool.ts';

// Needs to be root and able to mount (a container may not): the unit tests cover the same with an injected disk.
const mountable = process.platform === 'linux' && process.getuid?.() === 0 && canMount();

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test(
  'a disk that is really full refuses, loses nothing, drains without free space and takes spans again',
  { skip: mountable ? false : 'mounting a tmpfs needs root' },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tracekin-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]);
    try {
      const fake = new FakeStorage(() => ({ before: unavailable() }));
      const metrics = new CollectorMetrics();
      const open = async () =>
        createCollector({
          storage: fake.storage,
          sampler: createSampler(1),
          metrics,
          drainTimeoutMs: 2000,
          writer: { maxDelayMs: 1, backoff: { firstMs: 5, maxMs: 20 } },
          spool: await openSpool({ directory: join(directory, 'spool'), segmentBytes: 100_000 }),
        });
      let collector = await open();
      const acknowledged: string[] = [];
      const send = async (): Promise<void> => {
        const spans = someSpans(50);
        await collector.accept(encodeSpans(spans, 'json-v2'), 'json-v2', 'http');
        acknowledged.push(...spans.map(({ id }) => id));
      };
      const sendUntilFull = async (): Promise<unknown> => {
        for (;;) {
          try {
            await send();
          } catch (error) {
            return error;
          }
        }
      };

      const refusal = await sendUntilFull();
      assert.ok(refusal instanceof TracekinError && refusal.code === 'overloaded', String(refusal));
      assert.ok(acknowledged.length > 1000);
      // To the last byte.
      const filler = join(directory, 'filler');
      await writeFile(filler, Buffer.alloc(1 << 20)).catch(() => {});

      // A restart on the full disk, then storage comes back: the backlog drains although nothing can be allocated.
      await collector[Symbol.asyncDispose]();
      collector = await open();
      assert.equal(fake.spans.length, 0);
      fake.fault = () => undefined;
      const since = Date.now();
      while (fake.spans.length < acknowledged.length && Date.now() - since < 10_000) {
        await new Promise(done => setTimeout(done, 10));
      }
      assert.deepEqual(fake.ids, acknowledged.toSorted());

      await unlink(filler);
      await send();
      assert.equal(await collector.drain(), true);
      assert.deepEqual(fake.ids, acknowledged.toSorted());
      await collector[Symbol.asyncDispose]();
    } finally {
      execFileSync('umount', [directory]);
      await rmdir(directory).catch(() => rm(directory, { recursive: true }));
    }
  },
);
