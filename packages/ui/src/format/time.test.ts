import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromLocalInput, timeFormat, toLocalInput } from './time.ts';

const MOMENT = Date.UTC(2026, 10, 21, 10, 11, 37, 250);

describe('times', () => {
  it('are written in the zone of the reader', () => {
    assert.equal(timeFormat('en', 'UTC').clock(MOMENT), '10:11:37');
    assert.equal(timeFormat('en', 'Asia/Kolkata').clock(MOMENT), '15:41:37');
    assert.match(timeFormat('fr', 'UTC').dateTime(MOMENT), /21 nov\. 2026.*10:11:37,250/);
  });

  it('say how long ago, in the largest unit that is full', () => {
    const { relative } = timeFormat('en', 'UTC');
    assert.deepEqual(
      [12_000, 59_999, 60_000, 3_600_000, 90_000_000].map(ms => relative(MOMENT - ms, MOMENT)),
      ['12s ago', '59s ago', '1m ago', '1h ago', '1d ago'].map(text => text),
    );
  });

  it('do not throw for moments that no calendar has', () => {
    assert.equal(timeFormat('en', 'UTC').dateTime(Number.NaN), '–');
    assert.equal(timeFormat('en', 'UTC').dateTime(9e15), '–');
  });

  it('go into a field and come back, in any zone', () => {
    const zone = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'Europe/Paris');
    const second = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(zone, second, (name, at) => {
        const back = fromLocalInput(toLocalInput(at * 1000, name), name)!;
        // The hour that exists twice at the end of summer time is read as one of the two.
        assert.ok(Math.abs(back - at * 1000) <= 3_600_000 && back % 1000 === 0, `${name} ${at}`);
      }),
    );
    assert.equal(fromLocalInput('2026-11-21T10:11', 'UTC'), Date.UTC(2026, 10, 21, 10, 11));
    assert.equal(fromLocalInput('', 'UTC'), undefined);
  });
});
