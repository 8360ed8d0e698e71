import { SendError, type Sender } from './sender.ts';

/** A producer of kafkajs. */
export interface KafkaJsProducer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  send(record: { topic: string; messages: { value: Buffer }[] }): Promise<unknown>;
}

/** A producer of @platformatic/kafka without serialisers. */
export interface PlatformaticProducer {
  close(): Promise<unknown>;
  send(options: { messages: { topic: string; value: Buffer }[] }): Promise<unknown>;
}

/** Where {@link kafkaSender} writes. */
export interface KafkaSenderOptions {
  readonly producer: KafkaJsProducer | PlatformaticProducer;
  /** Default `zipkin`, what collectors read. */
  readonly topic?: string | undefined;
}

/**
 * Sends messages to a Kafka topic, through a producer that the application makes with the client of its choice. Leave
 * `maxMessageBytes` of the reporter below the broker's limit (1 MB unless configured).
 */
export function kafkaSender({ producer, topic = 'zipkin' }: KafkaSenderOptions): Sender {
  let connecting: Promise<void> | undefined;
  return {
    async send(message) {
      const value = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
      try {
        if ('disconnect' in producer) {
          connecting ??= producer.connect();
          await connecting;
          await producer.send({ topic, messages: [{ value }] });
        } else {
          await producer.send({ messages: [{ topic, value }] });
        }
      } catch (error) {
        connecting = undefined;
        throw new SendError('Kafka took no message', true, undefined, error);
      }
    },
    async close() {
      await ('disconnect' in producer ? producer.disconnect() : producer.close());
    },
  };
}
