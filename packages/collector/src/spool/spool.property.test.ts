import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { comparePositions, type SpoolRange } from './position.ts';
import { segmentPreamble } from './segment-file.ts';
import { parseSegmentName } from './segment-name.ts';
import { openSpool, type Spool } from './spool.ts';

// What may happen to a spool. A crash keeps every byte that was acknowledged and any number of those behind; a flip
// alters one bit of an old segment while no process has the spool.
type Step =
  | { readonly do: 'append'; readonly sizes: readonly number[] }
  | { readonly do: 'store'; readonly share: number }
  | { readonly do: 'restart' }
  | { readonly do: 'crash'; readonly garbage: Uint8Array }
  | { readonly do: 'flip'; readonly where: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('append' as const), sizes: fc.array(fc.nat(400), { minLength: 1, maxLength: 6 }) }),
    fc.record({ do: fc.constant('store' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ do: fc.constant('restart' as const) }),
    fc.record({ do: fc.constant('crash' as const), garbage: fc.uint8Array({ maxLength: 100 }) }),
    fc.record({ do: fc.constant('flip' as const), where: fc.nat() }),
  ),
  { maxLength: 25 },
);

interface Known extends SpoolRange {
  readonly text: string;
}

class Model {
  readonly directory: string;
  spool!: Spool;
  /** Acknowledged, not stored, not damaged. */
  known: Known[] = [];
  #next = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  async open(): Promise<void> {
    this.spool = await openSpool({ directory: this.directory, sync: 'never', segmentBytes: 600 });
  }

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case 'append':
        await Promise.all(step.sizes.map(size => this.#append(size)));
        return;
      case 'store':
        return this.#store(step.share);
      case 'restart':
        await this.spool.close();
        return this.open();
      case 'crash':
        await this.spool.close();
        await this.#tearTail(step.garbage);
        return this.open();
      case 'flip':
        await this.spool.close();
        await this.#flip(step.where);
        return this.open();
      default:
        return step satisfies never;
    }
  }

  async found(): Promise<string[]> {
    const texts: string[] = [];
    for await (const { payload } of this.spool.read(this.spool.plans.drained, this.spool.end)) {
      texts.push(Buffer.from(payload).toString());
    }
    return texts;
  }

  async #append(size: number): Promise<void> {
    const text = `${++this.#next} `.padEnd(size, 'x');
    const info = { format: 'json-v2', transport: 'http', spanCount: 1, acceptedAt: 0 } as const;
    const range = await this.spool.append({ ...info, payload: Buffer.from(text) });
    this.known.push({ ...range, text });
  }

  async #store(share: number): Promise<void> {
    const count = Math.floor(this.known.length * share);
    if (count === 0) return;
    const { id } = await this.spool.plans.plan(this.known[count - 1]!.to);
    await this.spool.plans.done(id);
    this.known.splice(0, count);
  }

  /** What a crash may leave behind the last acknowledged byte: the beginning of a record, or anything. */
  async #tearTail(garbage: Uint8Array): Promise<void> {
    const name = (await this.#segments()).at(-1);
    if (name === undefined) return;
    const bytes = await readFile(join(this.directory, name));
    const again = bytes.subarray(segmentPreamble.length, segmentPreamble.length + garbage.length);
    await writeFile(join(this.directory, name), Buffer.concat([bytes, garbage.length % 2 === 0 ? garbage : again]));
  }

  async #flip(where: number): Promise<void> {
    const victim = this.known[where % this.known.length];
    if (victim === undefined) return;
    const name = (await this.#segments()).find(each => parseSegmentName(each)!.segment === victim.from.segment)!;
    const path = join(this.directory, name);
    const bytes = await readFile(path);
    const bit = (victim.from.offset + (where % (victim.to.offset - victim.from.offset))) * 8 + (where % 8);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    await writeFile(path, bytes);
    this.known.splice(this.known.indexOf(victim), 1);
  }

  async #segments(): Promise<string[]> {
    return (await readdir(this.directory)).filter(name => parseSegmentName(name) !== undefined).sort();
  }
}

test('no sequence of appends, stores, restarts, crashes and flipped bits loses or alters another record', async () => {
  const root = await mkdtemp(join(tmpdir(), 'tracekin-spool-model-'));
  let run = 0;
  try {
    await fc.assert(
      fc.asyncProperty(steps, async sequence => {
        const model = new Model(join(root, `${++run}`));
        await model.open();
        try {
          for (const step of sequence) await model.run(step);
          assert.deepEqual(
            await model.found(),
            model.known.toSorted((a, b) => comparePositions(a.from, b.from)).map(({ text }) => text),
          );
        } finally {
          await model.spool.close();
        }
      }),
      { numRuns: Number(process.env['TRACEKIN_PROPERTY_RUNS'] ?? 60) },
    );
  } finally {
    await rm(root, { recursive: true });
  }
});

test('a segment cut at any byte gives back every record in front of the cut', async () => {
  const root = await mkdtemp(join(tmpdir(), 'tracekin-spool-cut-'));
  try {
    const original = join(root, 'original');
    const spool = await openSpool({ directory: original, sync: 'never' });
    const ends: number[] = [];
    for (const text of ['one', 'two', 'three']) {
      const info = { format: 'thrift', transport: 'kafka', spanCount: 1, acceptedAt: 0 } as const;
      ends.push((await spool.append({ ...info, payload: Buffer.from(text) })).to.offset);
    }
    await spool.close();
    const name = (await readdir(original)).find(each => parseSegmentName(each) !== undefined)!;
    const bytes = await readFile(join(original, name));
    for (let cut = 0; cut <= bytes.length; cut++) {
      await writeFile(join(original, name), bytes.subarray(0, cut));
      await rm(join(original, 'corrupt'), { recursive: true, force: true });
      await using again = await openSpool({ directory: original, sync: 'never' });
      let count = 0;
      for await (const _ of again.read({ segment: 0, offset: 0 }, again.end)) count++;
      assert.equal(count, ends.filter(end => end <= cut).length, `cut at ${cut}`);
    }
  } finally {
    await rm(root, { recursive: true });
  }
});
