import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockBytes } from './block-pool.ts';
import { LineQueue, LineRuns } from './line-runs.ts';

function add(runs: LineRuns, index: string, id: string, bytes: number, joined = false): void {
  const lines = `{"index":{"_index":"${index}","_id":"${id}"}}\n{"a":"`;
  const text = `${lines}${'x'.repeat(Math.max(0, bytes - lines.length - 3))}"}\n`;
  const start = runs.room(text.length);
  runs.added(index, joined, start + runs.block.write(text, start));
}

test('requests take the documents in their order, over the borders of blocks and runs', () => {
  const runs = new LineRuns();
  for (let id = 0; id < 30; id += 1) add(runs, id < 20 ? 'i' : 'j', String(id), blockBytes / 6);
  assert.ok(runs.runs.length > 5);
  const queue = new LineQueue(runs.runs);
  const ids: string[] = [];
  let text = '';
  for (let part = queue.take(7); part !== undefined; part = queue.take(7)) {
    for (let place = 0; place < part.length; place += 1) {
      const { id, index, lines } = part.at(place);
      assert.equal(index, Number(id) < 20 ? 'i' : 'j');
      assert.equal(lines?.length, part.size(place));
      ids.push(id);
    }
    for (const [from, to] of [
      [0, 3],
      [3, part.length],
    ] as const) {
      const { text: body, done } = part.body(from, to);
      text += body.toString();
      done?.();
    }
  }
  assert.deepEqual(
    ids,
    Array.from({ length: 30 }, (_, id) => String(id)),
  );
  assert.equal(text, Array.from(runs.documents(), ({ lines }) => lines?.toString()).join(''));
});

test('a document larger than a block, and one of another form, stand apart', () => {
  const runs = new LineRuns();
  add(runs, 'i', 'a', 100);
  add(runs, 'i', 'b', blockBytes + 100);
  add(runs, 'i', 'c', 100, true);
  assert.deepEqual(
    Array.from(runs.documents(), ({ id, joined, lines }) => [id, joined, lines?.length]),
    [
      ['a', undefined, 100],
      ['b', undefined, blockBytes + 100],
      ['c', true, 100],
    ],
  );
});

test('the memory of a closed batch serves the next one', () => {
  const first = new LineRuns();
  add(first, 'i', 'a', 100);
  const { block } = first;
  first.close();
  const second = new LineRuns();
  add(second, 'i', 'b', 100);
  assert.equal(second.block, block);
  assert.equal(first.runs.length, 0);
});
