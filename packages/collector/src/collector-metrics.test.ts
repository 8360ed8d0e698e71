import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CollectorMetrics } from './collector-metrics.ts';

test('counters grow per transport, gauges keep the last message', () => {
  const metrics = new CollectorMetrics();
  metrics.message('http', 100);
  metrics.spans('http', 3);
  metrics.message('http', 20);
  metrics.spans('http', 1);
  metrics.message('kafka', 7);
  metrics.messageDropped('kafka', 'malformed');
  const http = metrics.snapshot().get('http');
  assert.deepEqual(
    {
      messages: http?.messages,
      bytes: http?.bytes,
      spans: http?.spans,
      gauges: [http?.messageSpans, http?.messageBytes],
    },
    { messages: 2, bytes: 120, spans: 4, gauges: [1, 20] },
  );
  const kafka = metrics.snapshot().get('kafka');
  assert.deepEqual([kafka?.messages, kafka?.messagesDropped, kafka?.messagesDroppedBy.malformed], [1, 1, 1]);
});

test('dropped spans are the sum of their reasons', () => {
  const metrics = new CollectorMetrics();
  metrics.spansDropped('http', 3, 'sampled');
  metrics.spansDropped('http', 2, 'storage');
  const { spansDropped, spansDroppedBy } = metrics.snapshot().get('http')!;
  assert.equal(spansDropped, 5);
  assert.deepEqual(spansDroppedBy, { sampled: 3, malformed: 0, overload: 0, storage: 2, corrupt: 0 });
});

test('a registered transport shows zeros and a snapshot does not change later', () => {
  const metrics = new CollectorMetrics();
  metrics.register('grpc');
  const before = metrics.snapshot();
  metrics.message('grpc', 1);
  metrics.spansDropped('grpc', 1, 'overload');
  assert.equal(before.get('grpc')?.messages, 0);
  assert.equal(before.get('grpc')?.spansDroppedBy.overload, 0);
});
