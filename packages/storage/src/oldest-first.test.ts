import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OldestFirst } from './oldest-first.ts';

interface Item {
  latest: number;
}

describe('OldestFirst', () => {
  it('gives items by the age that they have when their turn comes', () => {
    const ages = fc.array(fc.tuple(fc.nat(20), fc.nat(5)), { maxLength: 40 });
    fc.assert(
      fc.property(ages, fc.nat(20), (pairs, popAt) => {
        const queue = new OldestFirst<Item>();
        const waiting: Item[] = [];
        const takeOldest = (): void => {
          const item = queue.pop();
          assert.equal(
            item?.latest,
            waiting.length === 0 ? undefined : Math.min(...waiting.map(({ latest }) => latest)),
          );
          if (item !== undefined) waiting.splice(waiting.indexOf(item), 1);
        };
        for (const [i, [latest, younger]] of pairs.entries()) {
          const item = { latest };
          queue.push(item);
          waiting.push(item);
          waiting[i % waiting.length]!.latest += younger;
          if (i % 20 === popAt) takeOldest();
        }
        while (waiting.length > 0) takeOldest();
        assert.equal(queue.pop(), undefined);
      }),
    );
  });

  it('drops what is not kept', () => {
    const queue = new OldestFirst<Item>();
    for (const latest of [5, 3, 8, 1, 4]) queue.push({ latest });
    queue.keep(({ latest }) => latest > 3);
    assert.equal(queue.size, 3);
    assert.deepEqual(
      [queue.pop(), queue.pop(), queue.pop(), queue.pop()],
      [{ latest: 4 }, { latest: 5 }, { latest: 8 }, undefined],
    );
  });
});
