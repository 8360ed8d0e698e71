import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { LogLevel } from '../log.ts';
import type { SpoolEntry } from './group-commit.ts';
import type { SpoolPosition } from './position.ts';
import { recordHeaderBytes } from './record.ts';
import { openSegmentFile, type SegmentFile, segmentPreamble } from './segment-file.ts';
import { openSpool, type Spool, type SpoolDamage, type SpoolOptions } from './spool.ts';

const entry = (text: string): SpoolEntry => ({
  payload: Buffer.from(text),
  format: 'json-v2',
  transport: 'http',
  spanCount: 1,
  acceptedAt: 1_700_000_000_000,
});

const start: SpoolPosition = { segment: 0, offset: 0 };

async function texts(spool: Spool, from = start): Promise<string[]> {
  const found: string[] = [];
  for await (const { payload } of spool.read(from, spool.end)) found.push(Buffer.from(payload).toString());
  return found;
}

describe('the spool', () => {
  let directory: string;
  let damages: SpoolDamage[];
  let logs: [LogLevel, string][];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tracekin-spool-'));
    damages = [];
    logs = [];
  });
  afterEach(() => rm(directory, { recursive: true }));

  const openHere = async (options: Partial<SpoolOptions> = {}): Promise<Spool> => {
    const log = (level: LogLevel, message: string): unknown => logs.push([level, message]);
    const spool = await openSpool({ directory, sync: 'never', log, ...options });
    spool.onDamage(damage => damages.push(damage));
    return spool;
  };

  const segmentPaths = async (): Promise<string[]> =>
    (await readdir(directory)).filter(name => name.endsWith('.spool')).map(name => join(directory, name));

  test('records come back in order with what was said about them, in this process and in the next', async () => {
    const spool = await openHere();
    await Promise.all(['a', 'b', 'c'].map(text => spool.append(entry(text))));
    await spool.append({ ...entry('d'), format: 'proto3', transport: 'kafka', spanCount: 7, acceptedAt: 5 });
    assert.deepEqual(await texts(spool), ['a', 'b', 'c', 'd']);
    await spool.close();

    await using again = await openHere();
    assert.deepEqual(await texts(again), ['a', 'b', 'c', 'd']);
    for await (const record of again.read(start, again.end)) {
      if (Buffer.from(record.payload).toString() !== 'd') continue;
      assert.deepEqual(
        [record.format, record.transport, record.spanCount, record.acceptedAt],
        ['proto3', 'kafka', 7, 5],
      );
    }
  });

  test('appends that wait together are written with one call, and announced in order before they resolve', async () => {
    let writes = 0;
    await using spool = await openHere({
      openFile: async path => {
        const file = await openSegmentFile(path);
        const write: SegmentFile['write'] = (buffers, offset) => {
          writes++;
          return file.write(buffers, offset);
        };
        return { ...file, write };
      },
    });
    const events: string[] = [];
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        spool.append(entry(`${i}`), () => events.push(`committed ${i}`)).then(() => events.push(`resolved ${i}`)),
      ),
    );
    assert.equal(writes, 1);
    assert.deepEqual(
      events.filter(event => event.startsWith('committed')),
      Array.from({ length: 50 }, (_, i) => `committed ${i}`),
    );
    assert.ok(events.indexOf('committed 49') < events.indexOf('resolved 49'));
  });

  for (const sync of ['always', 'interval', 'never'] as const) {
    test(`sync mode ${sync} syncs when it says`, async () => {
      let syncs = 0;
      const spool = await openHere({
        sync,
        syncIntervalMs: 1,
        openFile: async path => {
          const file = await openSegmentFile(path);
          const sync: SegmentFile['sync'] = () => {
            syncs++;
            return file.sync();
          };
          return { ...file, sync };
        },
      });
      await spool.append(entry('a'));
      if (sync === 'always') assert.equal(syncs, 1, 'before the append resolves');
      await spool.close();
      assert.equal(syncs > 0, sync !== 'never');
    });
  }

  test('a full segment is followed by a new one and reading crosses them', async () => {
    await using spool = await openHere({ segmentBytes: 200 });
    const wanted = Array.from({ length: 20 }, (_, i) => `record ${i} ${'x'.repeat(50)}`);
    for (const text of wanted) await spool.append(entry(text));
    assert.ok((await segmentPaths()).length > 3);
    assert.deepEqual(await texts(spool), wanted);
  });

  test('reading starts in the middle and stops where it is told', async () => {
    await using spool = await openHere({ segmentBytes: 200 });
    const ranges = [];
    for (let i = 0; i < 10; i++) ranges.push(await spool.append(entry(`${i} ${'x'.repeat(60)}`)));
    const found = [];
    for await (const { payload } of spool.read(ranges[3]!.from, ranges[6]!.to))
      found.push(Buffer.from(payload).toString()[0]);
    assert.deepEqual(found, ['3', '4', '5', '6']);
  });

  test('segments are deleted when everything in them is stored, but the one being written', async () => {
    const spool = await openHere({ segmentBytes: 200 });
    let last = start;
    for (let i = 0; i < 10; i++) last = (await spool.append(entry(`${i} ${'x'.repeat(60)}`))).to;
    const plan = await spool.plans.plan(last);
    assert.ok(spool.backlogBytes > 0);
    await spool.plans.done(plan.id);
    assert.equal(spool.backlogBytes, 0);
    await spool.close();
    assert.equal((await segmentPaths()).length, 1);
    await (await openHere()).close();
    assert.equal((await segmentPaths()).length, 0);
  });

  test('at its limit it refuses with when to come back, and takes records again when some are drained', async () => {
    await using spool = await openHere({ maxBytes: 4000, segmentBytes: 500 });
    let accepted = 0;
    const refused = assert.rejects(
      async () => {
        for (;;) {
          await spool.append(entry('x'.repeat(400)));
          accepted++;
        }
      },
      { code: 'overloaded', retryAfterMs: 5000 },
    );
    await refused;
    assert.ok(accepted >= 7 && accepted <= 9, `${accepted} accepted`);
    const { id } = await spool.plans.plan(spool.end);
    await spool.plans.done(id);
    await spool.append(entry('x'.repeat(400)));
  });

  test('the limit counts what waits to be written', async () => {
    await using spool = await openHere({ maxBytes: 1000 });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => spool.append(entry('x'.repeat(200)))));
    assert.deepEqual(
      results.map(({ status }) => status),
      [...Array(4).fill('fulfilled'), ...Array(6).fill('rejected')],
    );
  });

  test('a record that can never fit is too large, not a reason to try again', async () => {
    await using spool = await openHere({ maxBytes: 1000 });
    await assert.rejects(spool.append(entry('x'.repeat(1001))), { code: 'too-large' });
  });

  test('an append after closing rejects', async () => {
    const spool = await openHere();
    await spool.close();
    await assert.rejects(spool.append(entry('a')), { code: 'unavailable' });
  });

  test('a torn tail is set aside and costs only the record that was cut', async () => {
    const spool = await openHere();
    for (const text of ['first', 'second', 'third']) await spool.append(entry(text));
    await spool.close();
    const [path] = await segmentPaths();
    await truncate(path!, (await stat(path!)).size - 2);

    await using again = await openHere();
    await again.append(entry('fourth'));
    assert.deepEqual(await texts(again), ['first', 'second', 'fourth']);
    assert.deepEqual(
      damages.map(({ what, record }) => [what, record?.spanCount]),
      [['torn', 1]],
    );
    const [aside] = await readdir(join(directory, 'corrupt'));
    assert.match(aside!, /\.corrupt$/);
    assert.equal((await readFile(join(directory, 'corrupt', aside!))).length, recordHeaderBytes + 3);
  });

  test('every flipped bit costs exactly the record it is in', async () => {
    const spool = await openHere();
    const wanted = ['alpha', 'beta', 'gamma', 'delta'];
    const ranges = [];
    for (const text of wanted) ranges.push(await spool.append(entry(text)));
    await spool.close();
    const [path] = await segmentPaths();
    const intact = await readFile(path!);
    for (let bit = segmentPreamble.length * 8; bit < intact.length * 8; bit += 11) {
      const broken = Buffer.from(intact);
      broken[bit >> 3]! ^= 1 << (bit & 7);
      await writeFile(path!, broken);
      await rm(join(directory, 'corrupt'), { recursive: true, force: true });
      await using again = await openHere();
      const hit: number = ranges.findIndex(({ to }) => bit >> 3 < to.offset);
      assert.deepEqual(await texts(again), wanted.toSpliced(hit, 1), `bit ${bit}`);
      assert.equal(damages.splice(0).length, 1, `bit ${bit}`);
    }
  });

  test('a flipped bit in the preamble costs nothing', async () => {
    const spool = await openHere();
    await spool.append(entry('a'));
    await spool.close();
    const [path] = await segmentPaths();
    const bytes = await readFile(path!);
    bytes[3]! ^= 1;
    await writeFile(path!, bytes);
    await using again = await openHere();
    assert.deepEqual(await texts(again), ['a']);
  });

  test('a stretch of zeros is reported, not copied, and the records behind it are read', async () => {
    const spool = await openHere();
    const ranges = [];
    for (const text of ['one', 'two', 'three', 'four']) ranges.push(await spool.append(entry(text)));
    await spool.close();
    const [path] = await segmentPaths();
    const file = await open(path!, 'r+');
    const { from } = ranges[1]!;
    await file.write(Buffer.alloc(ranges[2]!.to.offset - from.offset), 0, undefined, from.offset);
    await file.close();
    await appendFile(path!, Buffer.alloc(5000));

    await using again = await openHere();
    assert.deepEqual(await texts(again), ['one', 'four']);
    assert.deepEqual(
      damages.map(({ what }) => what),
      ['zeros', 'zeros'],
    );
    assert.ok(!(await readdir(directory)).includes('corrupt'));
  });

  test('a whole record inside of a payload is never taken for a record, even when the outer one is damaged', async () => {
    const first = await openHere();
    await first.append(entry('inner'));
    await first.close();
    const inner = await readFile((await segmentPaths())[0]!);

    const spool = await openHere();
    const { from } = await spool.append({
      ...entry(''),
      payload: Buffer.concat([inner, inner.subarray(16), Buffer.alloc(99)]),
    });
    await spool.append(entry('after'));
    await spool.close();
    const path = (await segmentPaths()).at(-1)!;
    const bytes = await readFile(path);
    bytes[from.offset]! ^= 0x40;
    await writeFile(path, bytes);

    await using again = await openHere();
    assert.deepEqual(await texts(again), ['inner', 'after']);
  });

  test('damage of megabytes is passed over', async () => {
    const spool = await openHere();
    const big = await spool.append(entry('y'.repeat(3_000_000)));
    await spool.append(entry('after'));
    await spool.close();
    const [path] = await segmentPaths();
    const bytes = await readFile(path!);
    bytes[big.from.offset + 5]! ^= 1;
    await writeFile(path!, bytes);
    await using again = await openHere();
    assert.deepEqual(await texts(again), ['after']);
    assert.equal(damages[0]?.what, 'altered');
  });

  test('damage that was met before is not reported a second time', async () => {
    const spool = await openHere();
    await spool.append(entry('a'));
    await spool.close();
    const [path] = await segmentPaths();
    await truncate(path!, (await stat(path!)).size - 1);
    await using again = await openHere();
    await texts(again);
    await texts(again);
    assert.equal(damages.length, 1);
  });

  test('files that are not its own are named in the log and left alone', async () => {
    await writeFile(join(directory, 'notes.txt'), 'mine');
    await writeFile(join(directory, '000000000001-zzzzzzzz.spool'), 'not a segment');
    await mkdir(join(directory, 'folder'));
    await using spool = await openHere();
    await spool.append(entry('a'));
    assert.deepEqual(await texts(spool), ['a']);
    assert.equal(logs.filter(([level]) => level === 'warn').length, 3);
    assert.equal(await readFile(join(directory, 'notes.txt'), 'utf8'), 'mine');
  });

  test('a segment that somebody deleted is reported and the others are read', async () => {
    await using spool = await openHere({ segmentBytes: 100 });
    for (const text of ['a', 'b', 'c']) await spool.append(entry(text.repeat(100)));
    await rm((await segmentPaths()).sort()[1]!);
    assert.deepEqual(await texts(spool), ['a'.repeat(100), 'c'.repeat(100)]);
    assert.deepEqual(logs.at(-1), ['error', 'a spool segment is gone, with the records in it']);
  });

  test('an empty or foreign file with the name of a segment costs nothing but a report', async () => {
    await writeFile(join(directory, '000000000001-00000000.spool'), '');
    await writeFile(
      join(directory, '000000000002-00000000.spool'),
      'something else entirely, and long enough to look at',
    );
    await using spool = await openHere();
    await spool.append(entry('a'));
    assert.deepEqual(await texts(spool), ['a']);
    assert.equal(damages.length, 1);
  });

  test('a directory that cannot be made is a clear error', async () => {
    await writeFile(join(directory, 'file'), '');
    await assert.rejects(openSpool({ directory: join(directory, 'file', 'spool') }), {
      code: 'invalid-configuration',
      message: /spool directory .* cannot be created/,
    });
  });

  describe('on a failing disk', () => {
    /** A file whose writes fail while `failure` is set, after having written half of their bytes. */
    const failing = (state: { failure?: string | undefined; truncateFails?: boolean }) => async (path: string) => {
      const file = await openSegmentFile(path);
      return {
        ...file,
        async write(buffers: readonly Uint8Array[], offset: number): Promise<void> {
          if (state.failure === undefined) return file.write(buffers, offset);
          const all = Buffer.concat(buffers);
          await file.write([all.subarray(0, all.length / 2)], offset);
          throw Object.assign(new Error(`${state.failure}: write`), { code: state.failure });
        },
        async truncate(bytes: number): Promise<void> {
          if (state.truncateFails === true) throw new Error('EIO: truncate');
          return file.truncate(bytes);
        },
      };
    };

    test('a full disk refuses with overloaded, keeps what was acknowledged and recovers', async () => {
      const state: { failure?: string | undefined } = {};
      const spool = await openHere({ openFile: failing(state) });
      await spool.append(entry('before'));
      state.failure = 'ENOSPC';
      const refused = await Promise.allSettled(['x', 'y'].map(text => spool.append(entry(text))));
      for (const result of refused) assert.equal(result.status === 'rejected' && result.reason.code, 'overloaded');
      state.failure = undefined;
      await spool.append(entry('after'));
      assert.deepEqual(await texts(spool), ['before', 'after']);
      await spool.close();
      await using again = await openHere();
      assert.deepEqual(await texts(again), ['before', 'after']);
      assert.equal(damages.length, 0);
      assert.equal((await segmentPaths()).length, 1);
    });

    test('another error is unavailable, and the next append goes to a new segment', async () => {
      const state: { failure?: string | undefined } = {};
      await using spool = await openHere({ openFile: failing(state) });
      await spool.append(entry('before'));
      state.failure = 'EIO';
      await assert.rejects(spool.append(entry('x')), { code: 'unavailable' });
      state.failure = undefined;
      await spool.append(entry('after'));
      assert.deepEqual(await texts(spool), ['before', 'after']);
      assert.equal((await segmentPaths()).length, 2);
    });

    test('what cannot be cut off is passed over by this process and set aside by the next', async () => {
      const state: { failure?: string | undefined; truncateFails?: boolean } = {};
      const spool = await openHere({ openFile: failing(state) });
      await spool.append(entry('before'));
      Object.assign(state, { failure: 'ENOSPC', truncateFails: true });
      await assert.rejects(spool.append(entry('refused')), { code: 'overloaded' });
      Object.assign(state, { failure: undefined, truncateFails: false });
      await spool.append(entry('after'));
      assert.deepEqual(await texts(spool), ['before', 'after']);
      assert.equal(damages.length, 0);
      await spool.close();
      await using again = await openHere();
      assert.deepEqual(await texts(again), ['before', 'after']);
      assert.equal(damages.length, 1);
    });

    test('a segment that cannot be created refuses, and a later one is', async () => {
      let full = true;
      await using spool = await openHere({
        openFile: path =>
          full ? Promise.reject(Object.assign(new Error('ENOSPC: open'), { code: 'ENOSPC' })) : openSegmentFile(path),
      });
      await assert.rejects(spool.append(entry('x')), { code: 'overloaded' });
      full = false;
      await spool.append(entry('a'));
      assert.deepEqual(await texts(spool), ['a']);
    });
  });
});
