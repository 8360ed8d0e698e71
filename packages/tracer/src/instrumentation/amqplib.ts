import { getTracer } from '../default-tracer.ts';
import { headerText } from './header-text.ts';
import { type MessageDescription, processMessage, startProducerSpan } from './message-span.ts';

type Headers = Record<string, unknown>;
interface PublishOptions {
  readonly headers?: Headers | undefined;
}
interface Delivery {
  readonly fields: { readonly exchange?: string; readonly routingKey?: string; readonly deliveryTag?: number };
  readonly properties: { readonly headers?: Headers | undefined };
}
type Publish = (
  exchange: string,
  routingKey: string,
  content: Uint8Array,
  options?: PublishOptions,
  ...rest: unknown[]
) => boolean;
type Consume = (queue: string, onMessage: (message: Delivery | null) => unknown, ...rest: unknown[]) => unknown;

interface TracedChannel {
  publish: Publish;
  sendToQueue: (queue: string, content: Uint8Array, options?: PublishOptions, ...rest: unknown[]) => boolean;
  consume: Consume;
}

/**
 * Traces a channel of amqplib (promise, callback or confirm channel): a PRODUCER span for each message published, with the
 * context in its headers, and a CONSUMER span around the callback of `consume`. Returns the channel.
 */
export function instrumentAmqpChannel<C extends object>(channel: C): C {
  const traced = channel as unknown as TracedChannel;
  const { publish, consume } = traced;
  // sendToQueue of amqplib calls `this.publish('', queue, …)`.
  traced.publish = function (this: unknown, exchange, routingKey, content, options, ...rest) {
    const headers: Headers = { ...options?.headers };
    const span = startProducerSpan(getTracer(), published(exchange, routingKey), headers, (carrier, name, value) => {
      carrier[name] = value;
    });
    if (span === undefined) return publish.call(channel, exchange, routingKey, content, options, ...rest);
    try {
      return publish.call(channel, exchange, routingKey, content, { ...options, headers }, ...rest);
    } catch (error) {
      span.error(error);
      throw error;
    } finally {
      // amqplib only writes to a buffer here; a broker's confirmation is not part of sending.
      span.finish();
    }
  };
  traced.consume = (queue, onMessage, ...rest) => {
    const handle = (message: Delivery | null): unknown =>
      // null: the broker has cancelled the consumer
      message === null ? onMessage(null) : consumeMessage(message, () => onMessage(message), queue);
    return consume.call(channel, queue, handle, ...rest);
  };
  return channel;
}

/** Calls `handle` in the CONSUMER span of a message, e.g. one that came from `channel.get`. */
export function consumeMessage<T>(message: Delivery, handle: () => T, queue?: string): T {
  const { exchange, routingKey } = message.fields;
  const description = {
    name: 'on-message',
    broker: { serviceName: 'rabbitmq' },
    tags: { 'rabbit.exchange': exchange || undefined, 'rabbit.routing_key': routingKey, 'rabbit.queue': queue },
  };
  return processMessage(
    getTracer(),
    description,
    message.properties.headers ?? {},
    (headers, name) => headerText(headers[name]),
    handle,
  );
}

function published(exchange: string, routingKey: string): MessageDescription {
  return {
    name: 'publish',
    broker: { serviceName: 'rabbitmq' },
    tags: { 'rabbit.exchange': exchange || undefined, 'rabbit.routing_key': routingKey },
  };
}
