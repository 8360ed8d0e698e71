import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeSpans } from '@tracekin/codec';
import { currentContext } from '../scope.ts';
import { SpanData } from '../span-data.ts';
import { SUPPRESSED } from '../trace-context.ts';
import { backOffMs } from './back-off.ts';
import { BatchReporter, type BatchReporterOptions } from './batch-reporter.ts';
import { SendError, type Sender } from './sender.ts';
import type { ReportFormat } from './span-encoder.ts';

function span(i: number, tag = 'x'): SpanData {
  const data = new SpanData('a'.repeat(32), undefined, (i + 1).toString(16).padStart(16, '0'));
  data.name = `span ${i}`;
  data.timestamp = 1_795_000_000_000_000 + i;
  data.duration = 10;
  data.localEndpoint = { serviceName: 'shop' };
  data.tags = { tag };
  return data;
}

/** Takes messages, or what `answer` throws for the n-th attempt. */
class TestSender implements Sender {
  readonly messages: Uint8Array[] = [];
  attempts = 0;
  closed = false;
  readonly #answer: (attempt: number) => void | Promise<void>;

  constructor(answer: (attempt: number) => void | Promise<void> = () => {}) {
    this.#answer = answer;
  }

  async send(message: Uint8Array): Promise<void> {
    assert.equal(currentContext(), SUPPRESSED);
    await this.#answer(++this.attempts);
    this.messages.push(message.slice());
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

const spansOf = (messages: readonly Uint8Array[]): number =>
  messages.reduce((sum, message) => sum + JSON.parse(new TextDecoder().decode(message)).length, 0);
const quiet = { warn: () => {} };
const make = (sender: Sender, options: Partial<BatchReporterOptions> = {}): BatchReporter =>
  new BatchReporter({ sender, ...quiet, ...options });

describe('A reporter', () => {
  for (const encoding of ['json-v2', 'json-v1', 'proto3', 'thrift'] as ReportFormat[]) {
    it(`sends messages in ${encoding} that read as what was reported`, async () => {
      const sender = new TestSender();
      const reporter = make(sender, { encoding, maxMessageBytes: 1_000 });
      for (let i = 0; i < 30; i++) reporter.report(span(i, 'ä€𝄞"\\\n'));
      await reporter.close();
      assert.ok(sender.messages.length > 2);
      const spans = sender.messages.flatMap(message => {
        assert.ok(message.length <= 1_000);
        return decodeSpans(message, encoding);
      });
      assert.deepEqual(
        spans.map(({ id, name, tags, duration }) => ({ id, name, tags, duration })),
        Array.from({ length: 30 }, (_, i) => ({
          id: span(i).id,
          name: `span ${i}`,
          tags: { tag: 'ä€𝄞"\\\n' },
          duration: 10,
        })),
      );
    });
  }

  it('waits for others to share a message, not longer than its interval', async () => {
    const sender = new TestSender();
    const reporter = make(sender, { flushIntervalMs: 30 });
    reporter.report(span(1));
    await new Promise(resolve => setTimeout(resolve, 5));
    assert.equal(sender.messages.length, 0);
    reporter.report(span(2));
    while (sender.messages.length === 0) await new Promise(resolve => setTimeout(resolve, 5));
    assert.equal(spansOf(sender.messages), 2);
    await reporter.close();
  });

  it('sends a full message at once', async () => {
    const sender = new TestSender();
    const reporter = make(sender, { flushIntervalMs: 60_000, maxMessageBytes: 2_000 });
    for (let i = 0; i < 15; i++) reporter.report(span(i));
    await new Promise(resolve => setImmediate(resolve));
    assert.ok(sender.messages.length > 0);
    await reporter.close();
    assert.equal(spansOf(sender.messages), 15);
  });

  it('never holds more than its limit and counts what it drops', async () => {
    const blocked = Promise.withResolvers<void>();
    const sender = new TestSender(() => blocked.promise);
    const reporter = make(sender, { maxQueuedSpans: 100, maxMessageBytes: 3_000 });
    for (let i = 0; i < 1_000; i++) reporter.report(span(i));
    const { spans, queuedSpans, spansDropped } = reporter.metrics;
    assert.equal(spans, 1_000);
    assert.ok(queuedSpans <= 100);
    assert.ok(spansDropped['queue-full'] >= 880, `${spansDropped['queue-full']}`);
    blocked.resolve();
    await reporter.close();
    const after = reporter.metrics;
    assert.equal(after.spansDelivered + after.spansDropped['queue-full'], 1_000);
    assert.equal(spansOf(sender.messages), after.spansDelivered);
  });

  it('drops one span that is larger than a message and keeps the others', async () => {
    const sender = new TestSender();
    const reporter = make(sender, { maxMessageBytes: 1_000 });
    reporter.report(span(1));
    reporter.report(span(2, 'x'.repeat(2_000)));
    reporter.report(span(3));
    await reporter.close();
    assert.equal(reporter.metrics.spansDropped['too-large'], 1);
    assert.equal(spansOf(sender.messages), 2);
  });

  it('drops what cannot be encoded', async () => {
    const reporter = make(new TestSender());
    const broken = span(1);
    broken.annotations = [null as never];
    reporter.report(broken);
    assert.equal(reporter.metrics.spansDropped['not-encodable'], 1);
    await reporter.close();
  });

  it('retries, warns once when the collector is lost and once when it is back', async () => {
    const warnings: string[] = [];
    const sender = new TestSender(attempt => {
      if (attempt < 3) throw new SendError('down', true, 1);
    });
    const reporter = make(sender, { warn: message => warnings.push(message) });
    reporter.report(span(1));
    await reporter.flush();
    assert.equal(sender.attempts, 3);
    assert.equal(reporter.metrics.retries, 2);
    assert.equal(reporter.metrics.spansDelivered, 1);
    assert.equal(warnings.length, 2);
    assert.match(warnings[0]!, /failed/);
    assert.match(warnings[1]!, /answers again/);
    await reporter.close();
  });

  it('gives a message up that is refused, or that fails too often', async () => {
    const refused = make(new TestSender(() => Promise.reject(new SendError('400', false))));
    refused.report(span(1));
    await refused.flush();
    assert.equal(refused.metrics.spansDropped['not-delivered'], 1);
    assert.equal(refused.metrics.messagesDropped, 1);
    assert.equal(refused.metrics.retries, 0);
    const failing = new TestSender(() => Promise.reject(new SendError('down', true, 1)));
    const reporter = make(failing, { maxAttempts: 4 });
    reporter.report(span(1));
    await reporter.flush();
    assert.equal(failing.attempts, 4);
    assert.equal(reporter.metrics.spansDropped['not-delivered'], 1);
  });

  it('closes within its time although nobody answers', async () => {
    const sender = new TestSender(() => Promise.reject(new SendError('down', true, 60_000)));
    const reporter = make(sender, { closeTimeoutMs: 50 });
    for (let i = 0; i < 10; i++) reporter.report(span(i));
    const start = performance.now();
    await reporter.close();
    assert.ok(performance.now() - start < 1_000);
    assert.ok(sender.closed);
    reporter.report(span(11));
    await new Promise(resolve => setImmediate(resolve));
    const { spans, spansDropped } = reporter.metrics;
    assert.equal(spans, 11);
    assert.equal(spansDropped.closed + spansDropped['not-delivered'], 11);
  });

  it('hands what is left, in flight or waiting, to the blocking door', async () => {
    const blocked = Promise.withResolvers<void>();
    const handed: string[] = [];
    const sender: Sender = {
      send: () => blocked.promise,
      sendBlocking: message => handed.push(new TextDecoder().decode(message)) > 0,
      close: () => Promise.resolve(),
    };
    const reporter = make(sender, { maxMessageBytes: 600 });
    for (let i = 0; i < 5; i++) reporter.report(span(i));
    reporter.flushBlocking();
    assert.equal(handed.flatMap(message => JSON.parse(message)).length, 5);
    blocked.resolve();
    await reporter.close();
  });

  it('pauses for longer and longer, by a random part less', () => {
    assert.deepEqual(
      [1, 2, 3, 7, 20].map(attempt => backOffMs(attempt, () => 0)),
      [250, 500, 1_000, 10_000, 10_000],
    );
    assert.equal(
      backOffMs(1, () => 1),
      125,
    );
  });

  it('refuses an unknown encoding by name', () => {
    assert.throws(
      () => make(new TestSender(), { encoding: 'xml' as ReportFormat }),
      /unknown encoding "xml", known: json-v2/,
    );
  });
});
