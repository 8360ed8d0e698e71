import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { encodeSpans } from '@tracekin/codec';
import { type Span, TracekinError } from '@tracekin/model';
import { type Collector, type CollectorOptions, createCollector } from './collector.ts';
import { CollectorMetrics, type TransportCounters } from './collector-metrics.ts';
import { createSampler } from './sampler.ts';
import { openSpool, type SpoolOptions } from './spool/spool.ts';
import { FakeStorage, someSpans, unavailable } from './testing/fake-storage.ts';

const json = (spans: readonly Span[]): Uint8Array => encodeSpans(spans, 'json-v2');
/** Decoders may give absent fields as undefined ones, so spans are compared as what they mean. */
const assertSameSpans = (actual: readonly Span[], expected: readonly Span[]): void =>
  assert.equal(Buffer.from(json(actual)).toString(), Buffer.from(json(expected)).toString());
const idsOf = (spans: readonly Span[]): string[] => spans.map(({ id }) => id).sort();

/** A random number generator that a seed repeats. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('the collector', () => {
  let fake: FakeStorage;
  let metrics: CollectorMetrics;

  beforeEach(() => {
    fake = new FakeStorage();
    metrics = new CollectorMetrics();
  });

  const http = (): TransportCounters => metrics.snapshot().get('http')!;

  describe('in front of a storage that is not durable', () => {
    const open = (options: Partial<CollectorOptions> = {}): Collector =>
      createCollector({ storage: fake.storage, sampler: createSampler(1), metrics, ...options });

    test('a message is in storage when accept resolves, and is counted', async () => {
      await using collector = open();
      const spans = someSpans(3);
      const body = json(spans);
      await collector.accept(body, 'json-v2', 'http');
      assertSameSpans(fake.spans, spans);
      const { messages, bytes, messageSpans, messageBytes, spansDropped, messagesDropped } = http();
      assert.deepEqual(
        [messages, bytes, http().spans, messageSpans, messageBytes],
        [1, body.length, 3, 3, body.length],
      );
      assert.deepEqual([spansDropped, messagesDropped], [0, 0]);
    });

    test('the format is detected when the transport does not know it', async () => {
      await using collector = open();
      await collector.accept(json(someSpans(2, { tags: { a: 'b' } })), undefined, 'kafka');
      assert.equal(fake.spans.length, 2);
      await assert.rejects(collector.accept(Buffer.from('hello'), undefined, 'kafka'), { code: 'invalid-argument' });
      assert.equal(metrics.snapshot().get('kafka')!.messagesDroppedBy.malformed, 1);
    });

    test('an empty message and an empty list are messages of 0 bytes', async () => {
      await using collector = open();
      await collector.accept(new Uint8Array(), 'proto3', 'http');
      await collector.accept(Buffer.from('[]'), 'json-v2', 'http');
      assert.deepEqual([http().messages, http().bytes, http().spans, http().messagesDropped], [2, 0, 0, 0]);
      assert.equal(fake.attempts, 0);
    });

    test('a malformed message rejects whole and is counted', async () => {
      await using collector = open();
      const body = json(someSpans(2)).subarray(0, -9);
      await assert.rejects(collector.accept(body, 'json-v2', 'http'), { code: 'invalid-argument' });
      assert.deepEqual([http().messages, http().messagesDropped, http().messagesDroppedBy.malformed], [1, 1, 1]);
      assert.equal(fake.attempts, 0);
    });

    test('a message beyond the limits rejects as too large', async () => {
      await using collector = open({ limits: { maxSpans: 2 } });
      await assert.rejects(collector.accept(json(someSpans(3)), 'json-v2', 'http'), { code: 'too-large' });
    });

    test('sampling leaves traces out, keeps debug, and counts both', async () => {
      await using collector = open({ sampler: createSampler(0) });
      const [debug] = someSpans(1, { debug: true });
      await collector.accept(json([...someSpans(4), debug!]), 'json-v2', 'http');
      assertSameSpans(fake.spans, [debug!]);
      assert.deepEqual([http().spans, http().spansDropped, http().spansDroppedBy.sampled], [5, 4, 4]);
    });

    test('a storage failure reaches the sender and is counted', async () => {
      await using collector = open();
      fake.fault = () => ({ before: unavailable() });
      await assert.rejects(collector.accept(json(someSpans(2)), 'json-v2', 'http'), { code: 'unavailable' });
      assert.equal(http().spansDroppedBy.overload, 2);
      assert.equal(collector.backlog.failure, 'storage is away');
    });

    test('spans without a message are taken and counted too', async () => {
      await using collector = open();
      await collector.acceptSpans(someSpans(3), 'local');
      await collector.acceptSpans([], 'local');
      const local = metrics.snapshot().get('local')!;
      assert.deepEqual([local.messages, local.spans, local.bytes], [2, 3, 0]);
      assert.equal(fake.spans.length, 3);
    });

    test('disposal waits for writes under way and then refuses', async () => {
      const collector = open();
      const gate = Promise.withResolvers<void>();
      fake.gate = gate.promise;
      const accepting = collector.accept(json(someSpans(1)), 'json-v2', 'http');
      const closed = collector[Symbol.asyncDispose]();
      gate.resolve();
      await closed;
      assert.equal(fake.spans.length, 1);
      await accepting;
      await assert.rejects(collector.accept(json(someSpans(1)), 'json-v2', 'http'), { code: 'unavailable' });
      await collector[Symbol.asyncDispose]();
    });
  });

  /** `ownForm`: the storage takes spans a few at a time. */
  const withSpool = (ownForm: boolean) => (): void => {
    let directory: string;
    beforeEach(async () => {
      fake = new FakeStorage(undefined, ownForm);
      directory = await mkdtemp(join(tmpdir(), 'tracekin-collector-'));
    });
    afterEach(() => rm(directory, { recursive: true }));

    const tuning = { maxDelayMs: 1, backoff: { firstMs: 1, maxMs: 4 } };
    const open = async (
      options: Partial<CollectorOptions> = {},
      spool: Partial<SpoolOptions> = {},
    ): Promise<Collector> =>
      createCollector({
        storage: fake.storage,
        sampler: createSampler(1),
        metrics,
        drainTimeoutMs: 2000,
        ...options,
        writer: { ...tuning, ...options.writer },
        spool: await openSpool({ directory, sync: 'never', ...spool }),
      });

    test('spans reach storage soon after they were acknowledged', async () => {
      await using collector = await open({ writer: { maxDelayMs: 20 } });
      const spans = someSpans(10);
      await collector.accept(json(spans), 'json-v2', 'http');
      assert.equal(fake.spans.length, 0, 'acknowledged before they are written');
      const since = Date.now();
      while (fake.spans.length === 0 && Date.now() - since < 2000) await new Promise(done => setTimeout(done, 5));
      assertSameSpans(fake.spans, spans);
    });

    test('many messages become few batches', async () => {
      await using collector = await open({ writer: { maxDelayMs: 1000 } });
      const all = Array.from({ length: 200 }, () => someSpans(3));
      await Promise.all(all.map(spans => collector.accept(json(spans), 'json-v2', 'http')));
      assert.equal(await collector.drain(), true);
      assert.deepEqual(fake.ids, idsOf(all.flat()));
      assert.ok(fake.batches.size <= 5, `${fake.batches.size} batches`);
    });

    test('a batch ends at its limit of spans', async () => {
      await using collector = await open({ writer: { maxBatchSpans: 10, maxDelayMs: 1000 } });
      for (let i = 0; i < 20; i++) await collector.accept(json(someSpans(3)), 'json-v2', 'http');
      await collector.drain();
      assert.equal(fake.spans.length, 60);
      for (const spans of fake.batches.values()) assert.ok(spans.length <= 12);
    });

    test('what was acknowledged while storage is away is stored when it is back, by this process', async () => {
      await using collector = await open();
      fake.fault = () => ({ before: unavailable() });
      const all = Array.from({ length: 20 }, () => someSpans(2));
      for (const spans of all) await collector.accept(json(spans), 'json-v2', 'http');
      assert.equal(await collector.drain(50), false);
      assert.equal(collector.backlog.spans, 40);
      assert.ok(collector.backlog.bytes > 0);
      assert.equal(collector.backlog.failure, 'storage is away');
      fake.fault = () => undefined;
      const since = Date.now();
      while (fake.spans.length < 40 && Date.now() - since < 2000) await new Promise(done => setTimeout(done, 5));
      assert.deepEqual(fake.ids, idsOf(all.flat()));
      await collector.drain();
      assert.deepEqual(
        [collector.backlog.spans, collector.backlog.bytes, collector.backlog.failure],
        [0, 0, undefined],
      );
    });

    test('what was acknowledged while storage is away is stored by the next process', async () => {
      fake.fault = () => ({ before: unavailable() });
      const collector = await open({ drainTimeoutMs: 20 });
      const all = Array.from({ length: 20 }, () => someSpans(2));
      for (const spans of all) await collector.accept(json(spans), 'json-v2', 'http');
      await collector[Symbol.asyncDispose]();
      assert.equal(fake.spans.length, 0);

      fake.fault = () => undefined;
      await using again = await open();
      assert.equal(await again.drain(), true);
      assert.deepEqual(fake.ids, idsOf(all.flat()));
    });

    test('only kept spans are in the spool, whatever the rate is after a restart', async () => {
      fake.fault = () => ({ before: unavailable() });
      const collector = await open({ drainTimeoutMs: 20, sampler: createSampler(0) });
      const [debug] = someSpans(1, { debug: true });
      await collector.accept(json([...someSpans(5), debug!]), 'json-v2', 'http');
      await collector[Symbol.asyncDispose]();
      fake.fault = () => undefined;
      await using again = await open({ sampler: createSampler(1) });
      await again.drain();
      assertSameSpans(fake.spans, [debug!]);
    });

    test('spans without a message survive a restart as they were', async () => {
      fake.fault = () => ({ before: unavailable() });
      const collector = await open({ drainTimeoutMs: 20 });
      const spans = someSpans(2, { tags: JSON.parse('{"__proto__":"x","é":"\\u0000"}'), shared: true, kind: 'SERVER' });
      await collector.acceptSpans(spans, 'local');
      await collector[Symbol.asyncDispose]();
      fake.fault = () => undefined;
      await using again = await open();
      await again.drain();
      assertSameSpans(fake.spans, spans);
    });

    test('what is kept of a partial OTLP message survives a restart', async () => {
      fake.fault = () => ({ before: unavailable() });
      const collector = await open({ drainTimeoutMs: 20 });
      const good = {
        traceId: '5b8efff798038103d269b633813fc60c',
        spanId: 'eee19b7ec3c1b174',
        name: 'a',
        startTimeUnixNano: '1',
      };
      const spans = [good, { ...good, spanId: '0000000000000000' }];
      const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
      const { rejectedSpans } = await collector.acceptOtlp(body, 'otlp-json', 'otlp-http');
      assert.equal(rejectedSpans, 1);
      await collector[Symbol.asyncDispose]();
      fake.fault = () => undefined;
      await using again = await open();
      await again.drain();
      assert.deepEqual(fake.ids, ['eee19b7ec3c1b174']);
    });

    test('an OTLP message without a good span rejects', async () => {
      await using collector = await open();
      const spans = [{ traceId: '00', spanId: '00', name: 'a' }];
      const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
      await assert.rejects(collector.acceptOtlp(body, 'otlp-json', 'otlp-http'), { code: 'invalid-argument' });
      assert.equal(metrics.snapshot().get('otlp-http')!.messagesDroppedBy.malformed, 1);
    });

    test('when memory is full spans wait on disk, and all of them are stored once', async () => {
      const gate = Promise.withResolvers<void>();
      fake.gate = gate.promise;
      await using collector = await open(
        { writer: { maxHeldSpans: 20, maxBatchSpans: 5, maxDelayMs: 1 } },
        { segmentBytes: 2000 },
      );
      const all = Array.from({ length: 60 }, () => someSpans(2));
      const accepted = all.map(spans => collector.accept(json(spans), 'json-v2', 'http'));
      await Promise.all(accepted);
      assert.equal(collector.backlog.spans, 120);
      gate.resolve();
      assert.equal(await collector.drain(), true);
      assert.deepEqual(fake.ids, idsOf(all.flat()));
      // And back to memory.
      const more = someSpans(2);
      await collector.accept(json(more), 'json-v2', 'http');
      await collector.drain();
      assert.deepEqual(fake.ids, idsOf([...all.flat(), ...more]));
    });

    test('senders are held back while storage is behind, but not for long', async () => {
      const gate = Promise.withResolvers<void>();
      fake.gate = gate.promise;
      await using collector = await open({ writer: { maxHeldSpans: 20, maxDelayMs: 1 } });
      await collector.accept(json(someSpans(10)), 'json-v2', 'http');
      const since = performance.now();
      await collector.accept(json(someSpans(1)), 'json-v2', 'http');
      const waited = performance.now() - since;
      assert.ok(waited > 80 && waited < 1000, `waited ${waited} ms`);
      gate.resolve();
    });

    test('a full spool refuses before it decodes and counts the message', async () => {
      fake.fault = () => ({ before: unavailable() });
      const collector = await open({ drainTimeoutMs: 10 }, { maxBytes: 1500 });
      const body = json(someSpans(5));
      await collector.accept(body, 'json-v2', 'http');
      await collector.accept(body, 'json-v2', 'http').catch(() => {});
      await assert.rejects(
        async () => {
          for (;;) await collector.accept(body, 'json-v2', 'http');
        },
        { code: 'overloaded', retryAfterMs: 5000 },
      );
      assert.ok(http().messagesDroppedBy.overload >= 1);
      await collector[Symbol.asyncDispose]();
    });

    test('a span that storage never takes is set aside; the others of its batch are stored', async () => {
      const all = someSpans(50);
      const bad = new Set([all[7]!.id, all[31]!.id]);
      fake.fault = ({ spans }) =>
        spans.some(({ id }) => bad.has(id)) ? { before: new TracekinError('invalid-argument', 'no') } : undefined;
      await using collector = await open();
      await collector.accept(json(all), 'json-v2', 'http');
      assert.equal(await collector.drain(), true);
      assert.deepEqual(fake.ids, idsOf(all.filter(({ id }) => !bad.has(id))));
      assert.deepEqual([http().spansDropped, http().spansDroppedBy.storage], [2, 2]);
      const names = await readdir(join(directory, 'rejected'));
      const kept = await Promise.all(names.map(name => readFile(join(directory, 'rejected', name), 'utf8')));
      assert.deepEqual(idsOf(kept.flatMap(text => JSON.parse(text) as Span[])), [...bad].sort());
    });

    test('a batch that is too large is stored in parts', async () => {
      fake.fault = ({ spans }) => (spans.length > 7 ? { before: new TracekinError('too-large', 'no') } : undefined);
      await using collector = await open();
      const all = someSpans(100);
      await collector.accept(json(all), 'json-v2', 'http');
      assert.equal(await collector.drain(), true);
      assert.deepEqual(fake.ids, idsOf(all));
      assert.equal(http().spansDropped, 0);
    });

    test('a batch that was split is never written whole again after a restart', async () => {
      const all = someSpans(10);
      // The first half goes in, then storage is away.
      fake.fault = ({ spans, id }) =>
        spans.length > 5
          ? { before: new TracekinError('too-large', 'no') }
          : id.endsWith('.1')
            ? { before: unavailable() }
            : undefined;
      const collector = await open({ drainTimeoutMs: 20 });
      await collector.accept(json(all), 'json-v2', 'http');
      const since = Date.now();
      while (fake.spans.length < 5 && Date.now() - since < 2000) await new Promise(done => setTimeout(done, 2));
      await collector[Symbol.asyncDispose]();
      assert.equal(fake.spans.length, 5);

      fake.fault = () => undefined;
      await using again = await open();
      assert.equal(await again.drain(), true);
      assert.deepEqual(fake.ids, idsOf(all));
    });

    test('an error of an unknown kind is retried, then taken for a refusal if storage is well', async () => {
      const all = someSpans(4);
      fake.fault = ({ spans }) =>
        spans.some(({ id }) => id === all[2]!.id) ? { before: new TypeError('bug') } : undefined;
      await using collector = await open();
      await collector.accept(json(all), 'json-v2', 'http');
      const since = Date.now();
      while (fake.spans.length < 3 && Date.now() - since < 5000) await new Promise(done => setTimeout(done, 5));
      assert.equal(await collector.drain(), true);
      assert.deepEqual(fake.ids, idsOf(all.filter(({ id }) => id !== all[2]!.id)));
      assert.equal(http().spansDroppedBy.storage, 1);
    });

    test('a storage that fails before and after storing at random ends with each span once', async () => {
      for (let seed = 1; seed <= 5; seed++) {
        const random = randomFrom(seed);
        fake = new FakeStorage(() => {
          const draw = random();
          return draw < 0.25 ? { before: unavailable() } : draw < 0.5 ? { after: unavailable() } : undefined;
        }, ownForm);
        const sent: Span[] = [];
        for (let restart = 0; restart < 6; restart++) {
          const collector = await open(
            { writer: { maxBatchSpans: 1 + Math.floor(random() * 20), maxHeldSpans: 30 }, drainTimeoutMs: 5 },
            { segmentBytes: 3000 },
          );
          const unsettled: Promise<unknown>[] = [];
          for (let i = 0; i < 10; i++) {
            const spans = someSpans(1 + Math.floor(random() * 5));
            // Some are refused because the collector is closing: those may not turn up.
            const accepting = collector.accept(json(spans), 'json-v2', 'http').then(
              () => sent.push(...spans),
              error => assert.equal(error.message, 'the collector is closing'),
            );
            unsettled.push(accepting);
            if (random() < 0.5) await accepting;
          }
          await collector[Symbol.asyncDispose]();
          await Promise.all(unsettled);
        }
        fake.fault = () => undefined;
        await using last = await open();
        assert.equal(await last.drain(), true);
        assert.deepEqual(fake.ids, idsOf(sent), `seed ${seed}`);
        await last[Symbol.asyncDispose]();
        assert.deepEqual(
          (await readdir(directory)).filter(name => name.endsWith('.spool')).length <= 1,
          true,
          'drained segments are deleted',
        );
      }
    });

    test('a record that no longer decodes is set aside and the rest is stored', async () => {
      const spool = await openSpool({ directory, sync: 'never' });
      const good = someSpans(1);
      const info = { format: 'json-v2', transport: 'http', spanCount: 3, acceptedAt: Date.now() } as const;
      await spool.append({ ...info, payload: Buffer.from('not json') });
      await spool.append({ ...info, payload: json(good) });
      await spool.close();
      await using collector = await open();
      assert.equal(await collector.drain(), true);
      assertSameSpans(fake.spans, good);
      assert.equal(http().spansDroppedBy.corrupt, 3);
      assert.deepEqual((await readdir(join(directory, 'rejected'))).length, 1);
    });

    test('a record that was altered on disk costs its spans, which are counted', async () => {
      const spool = await openSpool({ directory, sync: 'never' });
      const all = [someSpans(2), someSpans(3), someSpans(4)];
      const ranges = [];
      for (const spans of all) {
        const info = {
          format: 'json-v2',
          transport: 'kafka',
          spanCount: spans.length,
          acceptedAt: Date.now(),
        } as const;
        ranges.push(await spool.append({ ...info, payload: json(spans) }));
      }
      await spool.close();
      const path = join(directory, (await readdir(directory)).find(name => name.endsWith('.spool'))!);
      const bytes = await readFile(path);
      bytes[ranges[1]!.to.offset - 1]! ^= 1;
      await writeFile(path, bytes);
      await using collector = await open();
      assert.equal(await collector.drain(), true);
      assertSameSpans(fake.spans, [...all[0]!, ...all[2]!]);
      assert.equal(metrics.snapshot().get('kafka')!.spansDroppedBy.corrupt, 3);
    });

    test('a damaged record inside of a batch that was under way does not change what the batch is for storage', async () => {
      // The storage takes the batch, the process dies before it hears so, and a record of the batch is damaged.
      fake.fault = () => ({ after: unavailable() });
      const collector = await open({ drainTimeoutMs: 10, writer: { maxDelayMs: 20 } });
      const all = [someSpans(2), someSpans(2)];
      await Promise.all(all.map(spans => collector.accept(json(spans), 'json-v2', 'http')));
      const since = Date.now();
      while (fake.spans.length < 4 && Date.now() - since < 2000) await new Promise(done => setTimeout(done, 2));
      await collector[Symbol.asyncDispose]();
      const path = join(directory, (await readdir(directory)).find(name => name.endsWith('.spool'))!);
      const bytes = await readFile(path);
      bytes[bytes.length - 1]! ^= 1;
      await writeFile(path, bytes);

      const before = fake;
      fake = new FakeStorage(undefined, ownForm);
      for (const [id, spans] of before.batches) fake.batches.set(id, spans);
      await using again = await open();
      assert.equal(await again.drain(), true);
      assert.deepEqual(fake.ids, idsOf(all.flat()));
    });

    test('closing does not wait for a storage that hangs, and loses nothing', async () => {
      fake.gate = new Promise(() => {});
      const collector = await open({ drainTimeoutMs: 30 });
      const spans = someSpans(3);
      await collector.accept(json(spans), 'json-v2', 'http');
      const since = performance.now();
      await collector[Symbol.asyncDispose]();
      assert.ok(performance.now() - since < 1000);
      fake = new FakeStorage(undefined, ownForm);
      await using again = await open();
      assert.equal(await again.drain(), true);
      assert.deepEqual(fake.ids, idsOf(spans));
    });

    test('a spool that cannot be read for a while is read when it can', async () => {
      fake.fault = () => ({ before: unavailable() });
      const collector = await open({ drainTimeoutMs: 10 });
      const spans = someSpans(3);
      await collector.accept(json(spans), 'json-v2', 'http');
      await collector[Symbol.asyncDispose]();
      fake.fault = () => undefined;
      const logs: string[] = [];
      const spool = await openSpool({ directory, sync: 'never' });
      await rename(directory, `${directory}.away`);
      await using again = createCollector({
        storage: fake.storage,
        sampler: createSampler(1),
        metrics,
        writer: tuning,
        spool,
        log: (_level, message) => logs.push(message),
      });
      const since = Date.now();
      while (logs.length === 0 && Date.now() - since < 2000) await new Promise(done => setTimeout(done, 2));
      assert.deepEqual(logs, ['the disk that holds the spool fails; trying again']);
      await rename(`${directory}.away`, directory);
      assert.equal(await again.drain(), true);
      assert.deepEqual(fake.ids, idsOf(spans));
    });

    test('a span is in storage within half a second of its acknowledgement, with the default settings', async () => {
      await using collector = createCollector({
        storage: fake.storage,
        sampler: createSampler(1),
        metrics,
        spool: await openSpool({ directory }),
      });
      for (let i = 0; i < 3; i++) {
        const before = fake.spans.length;
        await collector.accept(json(someSpans(1)), 'json-v2', 'http');
        const since = performance.now();
        while (fake.spans.length === before) {
          await new Promise(done => setTimeout(done, 5));
          assert.ok(performance.now() - since < 500, 'not stored after 500 ms');
        }
      }
    });
  };

  describe('with a spool', withSpool(false));
  describe('with a spool, in front of a storage that has a form of its own for spans', withSpool(true));
});
