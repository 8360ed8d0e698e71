import { getTracer } from '../default-tracer.ts';
import type { Span } from '../span.ts';
import { headerText } from './header-text.ts';
import type { Instrumentation } from './instrumentation.ts';
import { type MessageDescription, processMessage, startProducerSpan } from './message-span.ts';
import { Subscriptions } from './subscriptions.ts';

const spansKey: unique symbol = Symbol('tracekin.producer-spans');

type HeaderMap = Map<unknown, unknown>;
interface ProducedMessage {
  readonly topic: string;
  headers?: HeaderMap | Record<string, unknown> | undefined;
}
interface SendMessage {
  readonly client: object;
  readonly options: { messages?: ProducedMessage[] | undefined };
  readonly error?: unknown;
  [spansKey]?: Span[] | undefined;
}

/** PRODUCER spans of @platformatic/kafka, one for each message, with the context in the message's headers. */
export const platformaticKafka: Instrumentation = {
  name: 'kafka',
  install(tracer) {
    const finish = (message: SendMessage): void => {
      for (const span of message[spansKey] ?? []) {
        if (message.error) span.error(message.error);
        span.finish();
      }
      message[spansKey] = undefined;
    };
    return new Subscriptions(this.name, tracer)
      .on<SendMessage>('tracing:plt:kafka:producer:sends:start', message => {
        const { options } = message;
        const asText = serialisesHeaders(message.client);
        const spans: Span[] = [];
        options.messages = options.messages?.map(produced => {
          const headers = copyHeaders(produced.headers);
          const span = startProducerSpan(tracer, describe('send', produced.topic), headers, (carrier, name, value) => {
            if (asText) carrier.set(name, value);
            else carrier.set(Buffer.from(name), Buffer.from(value));
          });
          if (span === undefined) return produced;
          spans.push(span);
          return { ...produced, headers };
        });
        message[spansKey] = spans;
      })
      .on<SendMessage>('tracing:plt:kafka:producer:sends:asyncStart', finish)
      .on<SendMessage>('tracing:plt:kafka:producer:sends:end', message => {
        if (message.error !== undefined) finish(message);
      }).off;
  },
};

/** Calls `handle` in the CONSUMER span of a message that a consumer's stream delivered. */
export function consumeMessage<T>(
  message: { readonly topic: string; readonly headers: ReadonlyMap<unknown, unknown> },
  handle: () => T,
): T {
  const headers = new Map<string, unknown>();
  for (const [key, value] of message.headers) headers.set(headerText(key) ?? '', value);
  const description = describe('on-message', message.topic);
  return processMessage(getTracer(), description, headers, (carrier, name) => headerText(carrier.get(name)), handle);
}

/**
 * Whether the producer was given a serialiser for header names: then headers are text, else bytes. The client keeps its options
 * under a symbol that it does not export.
 */
function serialisesHeaders(client: object): boolean {
  const key = Object.getOwnPropertySymbols(client).find(({ description }) => description === 'plt.kafka.base.options');
  if (key === undefined) return false;
  const options = (client as Record<symbol, { serializers?: { headerKey?: unknown } } | undefined>)[key];
  return options?.serializers?.headerKey !== undefined;
}

function copyHeaders(headers: ProducedMessage['headers']): HeaderMap {
  if (headers === undefined || headers === null) return new Map();
  return headers instanceof Map ? new Map(headers) : new Map(Object.entries(headers));
}

function describe(name: string, topic: string): MessageDescription {
  return { name, broker: { serviceName: 'kafka' }, tags: { 'kafka.topic': topic } };
}
