import type { EndpointInput } from '../endpoint.ts';
import type { Getter, Setter } from '../propagation/format.ts';
import { currentContext } from '../scope.ts';
import type { Span, TagValue } from '../span.ts';
import { SUPPRESSED } from '../trace-context.ts';
import { runTraced } from '../traced-call.ts';
import type { Tracer } from '../tracer.ts';

/** A message of any broker, to be sent or received. */
export interface MessageDescription {
  readonly name: string;
  readonly broker: EndpointInput;
  readonly tags: Readonly<Record<string, TagValue>>;
}

/** Starts the PRODUCER span of a message and writes its context into `carrier`. Undefined for the library's own messages. */
export function startProducerSpan<C>(
  tracer: Tracer,
  message: MessageDescription,
  carrier: C,
  set: Setter<C>,
): Span | undefined {
  if (!tracer.enabled || currentContext() === SUPPRESSED) return undefined;
  const span = tracer.startSpan(message.name, { kind: 'PRODUCER', tags: message.tags, remote: message.broker });
  tracer.propagation.inject(span.context, carrier, set, true);
  return span;
}

/** Calls `handle` as the processing of a received message: in a CONSUMER span, a child of the producer's. */
export function processMessage<C, T>(
  tracer: Tracer,
  message: MessageDescription,
  carrier: C,
  get: Getter<C>,
  handle: () => T,
): T {
  if (!tracer.enabled) return handle();
  const span = tracer.startReceived(message.name, 'CONSUMER', tracer.propagation.extract(carrier, get));
  span.remote(message.broker);
  for (const key of Object.keys(message.tags)) span.tag(key, message.tags[key]);
  return runTraced(span, handle);
}
