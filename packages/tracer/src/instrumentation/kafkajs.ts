import { getTracer } from '../default-tracer.ts';
import type { Span } from '../span.ts';
import { headerText } from './header-text.ts';
import { type MessageDescription, processMessage, startProducerSpan } from './message-span.ts';

type Headers = Record<string, unknown>;
interface Message {
  headers?: Headers | undefined;
}
interface TopicMessages {
  readonly topic: string;
  messages: Message[];
}
type AnyFunction = (...args: never[]) => unknown;

/** The part of kafkajs's `Kafka` that is used. */
export interface KafkaJsLike {
  producer(...args: never[]): object;
  consumer(...args: never[]): object;
}

/**
 * Traces the producers and consumers that `kafka` makes from here on: a PRODUCER span for each message sent, with the context
 * in the message's headers, and a CONSUMER span around `eachMessage`. Returns `kafka`.
 *
 * With `eachBatch` the messages have no span of their own; use `consumeMessage` for each of them.
 */
export function instrumentKafkaJs<K extends KafkaJsLike>(kafka: K): K {
  const producer = kafka.producer.bind(kafka) as AnyFunction;
  const consumer = kafka.consumer.bind(kafka) as AnyFunction;
  kafka.producer = ((...args: never[]) => traceProducer(producer(...args) as Producer)) as K['producer'];
  kafka.consumer = ((...args: never[]) => traceConsumer(consumer(...args) as Consumer)) as K['consumer'];
  return kafka;
}

interface Producer {
  send(record: TopicMessages): Promise<unknown>;
  sendBatch(batch: { topicMessages?: TopicMessages[] }): Promise<unknown>;
}

function traceProducer(producer: Producer): Producer {
  const { send, sendBatch } = producer;
  producer.send = record => {
    const spans: Span[] = [];
    return settle(spans, send.call(producer, withHeaders(record, spans)));
  };
  producer.sendBatch = batch => {
    const spans: Span[] = [];
    const topicMessages = batch.topicMessages?.map(record => withHeaders(record, spans));
    return settle(spans, sendBatch.call(producer, topicMessages === undefined ? batch : { ...batch, topicMessages }));
  };
  return producer;
}

/** A copy: the caller may send the same messages again. */
function withHeaders(record: TopicMessages, spans: Span[]): TopicMessages {
  if (!Array.isArray(record?.messages)) return record;
  const messages = record.messages.map(message => {
    const headers: Headers = { ...message.headers };
    const span = startProducerSpan(getTracer(), describe('send', record.topic), headers, (carrier, name, value) => {
      carrier[name] = value;
    });
    if (span === undefined) return message;
    spans.push(span);
    return { ...message, headers };
  });
  return { ...record, messages };
}

function settle<T>(spans: readonly Span[], promise: Promise<T>): Promise<T> {
  return promise.then(
    value => {
      for (const span of spans) span.finish();
      return value;
    },
    error => {
      for (const span of spans) {
        span.error(error);
        span.finish();
      }
      throw error;
    },
  );
}

interface Payload {
  readonly topic: string;
  readonly partition: number;
  readonly message: Message;
}
interface Consumer {
  run(config?: { eachMessage?: (payload: Payload) => Promise<void> }): Promise<void>;
}

function traceConsumer(consumer: Consumer): Consumer {
  const { run } = consumer;
  consumer.run = config => {
    const handle = config?.eachMessage;
    if (handle === undefined) return run.call(consumer, config);
    const eachMessage = (payload: Payload): Promise<void> =>
      consumeMessage(payload.topic, payload.message, () => handle(payload));
    return run.call(consumer, { ...config, eachMessage });
  };
  return consumer;
}

/** Calls `handle` in the CONSUMER span of one message, e.g. for those of a batch. */
export function consumeMessage<T>(
  topic: string,
  message: { readonly headers?: Readonly<Headers> | undefined },
  handle: () => T,
): T {
  return processMessage(
    getTracer(),
    describe('on-message', topic),
    message.headers ?? {},
    (headers, name) => headerText(headers[name]),
    handle,
  );
}

function describe(name: string, topic: string): MessageDescription {
  return { name, broker: { serviceName: 'kafka' }, tags: { 'kafka.topic': topic } };
}
