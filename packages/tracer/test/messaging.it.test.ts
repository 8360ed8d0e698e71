import assert from 'node:assert/strict';
import { describe } from 'node:test';
import {
  Admin,
  Consumer,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import amqp from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { instrumentAmqpChannel } from '../src/instrumentation/amqplib.ts';
import { instrumentKafkaJs } from '../src/instrumentation/kafkajs.ts';
import { consumeMessage, platformaticKafka } from '../src/instrumentation/platformatic-kafka.ts';
import { currentContext } from '../src/scope.ts';
import { type TestTracing, testTracing } from '../src/testing.ts';
import { withService } from './services.ts';

/** The producer's and the consumer's span are of one trace, and the handler ran in it. */
function checkPair(tracing: TestTracing, seen: string | undefined, broker: string): void {
  const { spans } = tracing.reporter;
  const job = spans.find(span => span.name === 'job')!;
  const producer = spans.find(span => span.kind === 'PRODUCER')!;
  const consumer = spans.find(span => span.kind === 'CONSUMER')!;
  assert.equal(producer.parentId, job.id);
  assert.equal(consumer.parentId, producer.id);
  assert.equal(consumer.traceId, producer.traceId);
  assert.equal(consumer.shared, undefined);
  assert.equal(producer.remoteEndpoint?.serviceName, broker);
  assert.equal(consumer.remoteEndpoint?.serviceName, broker);
  assert.equal(seen, job.traceId);
}

const name = (prefix: string): string => `${prefix}-${process.pid}-${Date.now()}`;

describe('amqplib against RabbitMQ', () => {
  withService('RABBITMQ', 'continues a trace through a queue, and keeps the application’s headers', async address => {
    using tracing = testTracing();
    const connection = await amqp.connect(address);
    const channel = instrumentAmqpChannel(await connection.createConfirmChannel());
    const queue = name('tracekin');
    await channel.assertQueue(queue, { autoDelete: true });
    const received = Promise.withResolvers<{ trace: string | undefined; own: unknown }>();
    await channel.consume(queue, message => {
      channel.ack(message!);
      received.resolve({ trace: currentContext()?.traceId, own: message!.properties.headers?.['own'] });
    });
    await tracing.tracer.trace('job', async () => {
      channel.sendToQueue(queue, Buffer.from('hello'), { headers: { own: 'x' } });
      await channel.waitForConfirms();
    });
    const { trace, own } = await received.promise;
    await tracing.reporter.waitFor(3);
    checkPair(tracing, trace, 'rabbitmq');
    assert.equal(own, 'x');
    const consumer = tracing.reporter.spans.find(span => span.kind === 'CONSUMER')!;
    assert.deepEqual(consumer.tags, { 'rabbit.routing_key': queue, 'rabbit.queue': queue });
    await connection.close();
  });
});

describe('Kafka clients against Kafka', () => {
  withService(
    'KAFKA',
    'kafkajs continues a trace through a topic, and keeps the application’s headers',
    async address => {
      using tracing = testTracing();
      const kafka = instrumentKafkaJs(new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }));
      const topic = name('tracekin');
      const admin = kafka.admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
      const consumer = kafka.consumer({ groupId: topic });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const received = Promise.withResolvers<{ trace: string | undefined; own: unknown }>();
      await consumer.run({
        eachMessage: async ({ message }) => {
          await null;
          received.resolve({ trace: currentContext()?.traceId, own: String(message.headers?.['own']) });
        },
      });
      const producer = kafka.producer();
      await producer.connect();
      await tracing.tracer.trace('job', () =>
        producer.send({ topic, messages: [{ value: 'hello', headers: { own: 'x' } }] }),
      );
      const { trace, own } = await received.promise;
      await tracing.reporter.waitFor(3);
      checkPair(tracing, trace, 'kafka');
      assert.equal(own, 'x');
      await Promise.all([producer.disconnect(), consumer.disconnect(), admin.disconnect()]);
    },
  );

  for (const serialised of [true, false]) {
    const title = `@platformatic/kafka does, ${serialised ? 'with' : 'without'} serialisers`;
    withService('KAFKA', title, async address => {
      using tracing = testTracing();
      const off = platformaticKafka.install(tracing.tracer);
      const base = { clientId: 'test', bootstrapBrokers: [address] };
      const topic = name('tracekin');
      const admin = new Admin(base);
      const producer = new Producer(serialised ? { ...base, serializers: stringSerializers } : base);
      const consumer = new Consumer({
        ...base,
        groupId: topic,
        ...(serialised && { deserializers: stringDeserializers }),
      });
      const value = serialised ? 'hello' : Buffer.from('hello');
      let seen: string | undefined;
      try {
        await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
        const send = producer.send.bind(producer) as (options: object) => Promise<unknown>;
        await tracing.tracer.trace('job', () => send({ messages: [{ topic, value }] }));
        const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST });
        for await (const message of stream) {
          await consumeMessage(message, async () => {
            await null;
            seen = currentContext()?.traceId;
          });
          break;
        }
        await stream.close();
      } finally {
        await Promise.all([consumer.close(true), producer.close(), admin.close()]);
      }
      await tracing.reporter.waitFor(3);
      checkPair(tracing, seen, 'kafka');
      off();
    });
  }
});
