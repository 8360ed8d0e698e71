// A child process for the crash tests: accepts spans as fast as it can and prints the id of each span that was
// acknowledged. Arguments: spool directory, storage directory or `-` to append to the spool only, prefix of ids, sync mode.
import { writeSync } from 'node:fs';
import { encodeSpans } from '@tracekin/codec';
import { createCollector } from '../collector.ts';
import { CollectorMetrics } from '../collector-metrics.ts';
import { createSampler } from '../sampler.ts';
import type { SyncMode } from '../spool/group-commit.ts';
import { openSpool } from '../spool/spool.ts';
import { fileStorage } from './file-storage.ts';

const [spoolDirectory, storageDirectory, prefix, sync] = process.argv.slice(2) as [string, string, string, SyncMode];

const spool = await openSpool({ directory: spoolDirectory, sync, segmentBytes: 100_000 });
const collector =
  storageDirectory === '-'
    ? undefined
    : createCollector({
        // Every other process takes spans a few at a time: what one left has to mean the same to the next.
        storage: fileStorage(storageDirectory, 0.1, Number.parseInt(prefix, 16) % 2 === 0),
        sampler: createSampler(1),
        metrics: new CollectorMetrics(),
        spool,
        writer: { maxDelayMs: 5, maxBatchSpans: 100, maxHeldSpans: 400, backoff: { firstMs: 1, maxMs: 20 } },
      });

/** Before anything else happens: what is printed later than its acknowledgement would not be looked for. */
function print(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // The pipe is full: the test is slow to read.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

let next = 0;
async function send(): Promise<never> {
  for (;;) {
    const ids = Array.from({ length: 1 + (next % 7) }, () => `${prefix}${(++next).toString(16).padStart(12, '0')}`);
    const body = encodeSpans(
      ids.map(id => ({ traceId: id, id, name: 'x'.repeat(next % 300), timestamp: 1_700_000_000_000_000 })),
      'json-v2',
    );
    if (collector !== undefined) await collector.accept(body, 'json-v2', 'http');
    else {
      const info = { format: 'json-v2', transport: 'http', spanCount: ids.length, acceptedAt: Date.now() } as const;
      await spool.append({ ...info, payload: body });
    }
    print(`${ids.join('\n')}\n`);
  }
}
await Promise.all(Array.from({ length: 8 }, send));
