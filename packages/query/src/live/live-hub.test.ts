import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveHub, type Subject } from './live-hub.ts';

const span = (name: string) => ({ traceId: '1', id: '1', name });

function counter(key = 'a'): Subject & { looks: number; value: number } {
  let told: number | undefined;
  const subject = {
    key,
    event: 'count',
    lookEveryMs: 60_000,
    looks: 0,
    value: 0,
    concerns: ({ name }: { name?: string | undefined }) => name === key,
    state: () => (told === undefined ? undefined : String(told)),
    look: async () => {
      subject.looks++;
      if (told === subject.value) return undefined;
      told = subject.value;
      return String(told);
    },
  };
  return subject;
}

/** Reads until the stream has said all of it. */
async function heard(stream: Readable, ...parts: readonly string[]): Promise<string> {
  let text = '';
  for (let tries = 0; tries < 200; tries++) {
    text += String(stream.read() ?? '');
    if (parts.every(part => text.includes(part))) return text;
    await sleep(5);
  }
  throw new Error(`heard only ${text}`);
}

describe('following', () => {
  it('says how it is, then what changes by writes that concern it', async () => {
    const hub = new LiveHub({ settleMs: 1 });
    const subject = counter();
    const stream = hub.follow(subject);
    await heard(stream, 'retry: 3000\n\n', 'event: count\ndata: 0\n\n');
    subject.value = 1;
    hub.written([span('b')]);
    await sleep(20);
    assert.equal(subject.looks, 1);
    hub.written([span('b'), span('a')]);
    await heard(stream, 'data: 1\n\n');
    hub.close();
  });

  it('asks once for all who follow the same, and tells who comes later', async () => {
    const hub = new LiveHub({ settleMs: 1 });
    const subject = counter();
    const first = hub.follow(subject);
    await heard(first, 'data: 0');
    const second = hub.follow(counter());
    await heard(second, 'data: 0');
    subject.value = 7;
    hub.written([span('a')]);
    await Promise.all([heard(first, 'data: 7'), heard(second, 'data: 7')]);
    assert.equal(subject.looks, 2);
    assert.equal(hub.clients, 2);
    hub.close();
  });

  it('looks once for a burst of writes', async () => {
    const hub = new LiveHub({ settleMs: 30 });
    const subject = counter();
    const stream = hub.follow(subject);
    await heard(stream, 'data: 0');
    for (subject.value = 1; subject.value < 50; subject.value++) hub.written([span('a')]);
    await heard(stream, 'data: 50');
    assert.equal(subject.looks, 2);
    hub.close();
  });

  it('refuses more clients than it may have, and forgets those that go', async () => {
    const hub = new LiveHub({ maxClients: 2 });
    const streams = [hub.follow(counter('a')), hub.follow(counter('b'))];
    assert.throws(() => hub.follow(counter('c')), { code: 'overloaded' });
    streams[0]!.destroy();
    await once(streams[0]!, 'close');
    assert.equal(hub.clients, 1);
    hub.follow(counter('c'));
    hub.close();
  });

  it('beats while nothing happens, lets go of who does not read, and ends with the server', async () => {
    const hub = new LiveHub({ settleMs: 1, heartbeatMs: 10 });
    const stream = hub.follow(counter());
    await heard(stream, ': still here');
    const deaf = hub.follow({ ...counter('d'), look: async () => 'x'.repeat(2_000_000) });
    await once(deaf, 'close');
    hub.close();
    stream.resume();
    await once(stream, 'close');
    assert.equal(hub.clients, 0);
    assert.throws(() => hub.follow(counter()), { code: 'unavailable' });
  });
});
