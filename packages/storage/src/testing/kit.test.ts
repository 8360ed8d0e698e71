import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertSameSpans, newId, randomTraces, testSpan } from './index.ts';

describe('the contract kit', () => {
  it('sees a difference between spans in every field', () => {
    const span = testSpan({ tags: { a: '1' } });
    assertSameSpans([span, span], [span, testSpan({ ...span })]);
    for (const change of [
      { id: newId() },
      { name: 'other' },
      { duration: 2 },
      { tags: { a: '2' } },
      { tags: null },
      { debug: true },
      { kind: 'SERVER', shared: true },
    ]) {
      assert.throws(() => assertSameSpans([span], [testSpan({ ...span, ...change })]), assert.AssertionError);
    }
    assert.throws(() => assertSameSpans([span], [span, span]), assert.AssertionError);
    assert.throws(() => assertSameSpans([span], []), assert.AssertionError);
  });

  it('makes the same random traces from the same seed, except for ids', () => {
    const shape = (seed: number) =>
      randomTraces(seed, 20).map(spans => spans.map(({ name, timestamp }) => [name, timestamp]));
    assert.deepEqual(shape(7), shape(7));
    assert.notDeepEqual(shape(7), shape(8));
  });
});
