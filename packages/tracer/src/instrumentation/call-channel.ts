import { currentContext } from '../scope.ts';
import type { Span } from '../span.ts';
import { SUPPRESSED, type TraceContext } from '../trace-context.ts';
import type { Tracer } from '../tracer.ts';
import type { SpanOptions } from '../tracer-options.ts';
import type { Subscriptions } from './subscriptions.ts';

const spanKey: unique symbol = Symbol('tracekin.call-span');
const callerKey: unique symbol = Symbol('tracekin.caller');

/** The message of a TracingChannel: one object for all events of a call. */
interface CallMessage {
  [spanKey]?: Span | undefined;
  [callerKey]?: TraceContext | undefined;
  readonly error?: unknown;
}

/** How to show a call: a name and options, or undefined to leave it out. */
export type DescribeCall<M> = (message: M) => ({ readonly name: string } & SpanOptions) | undefined;

/** Whether the span is current while the call runs, so that what the call does becomes its child. */
export interface CallOptions {
  readonly scoped?: boolean;
}

/**
 * Records the calls that a library publishes on a TracingChannel, synchronous, by callback or by promise. Only within a
 * trace: a pool's keep-alive queries are no traces of their own.
 */
export function recordCalls<M extends object>(
  subscriptions: Subscriptions,
  tracer: Tracer,
  channel: string,
  describe: DescribeCall<M>,
  options: CallOptions = {},
): Subscriptions {
  const begin = (message: M & CallMessage): TraceContext | undefined => {
    const caller = currentContext();
    if (caller === undefined || caller === SUPPRESSED) return caller;
    message[callerKey] = caller;
    if (!caller.sampled) return caller;
    const description = describe(message);
    if (description === undefined) return caller;
    const span = tracer.startSpan(description.name, description);
    message[spanKey] = span;
    return span.context;
  };
  const finish = (message: CallMessage): void => {
    const span = message[spanKey];
    if (span === undefined) return;
    message[spanKey] = undefined;
    if (message.error !== undefined) span.error(message.error);
    span.finish();
  };
  if (options.scoped) subscriptions.bind<M & CallMessage>(`tracing:${channel}:start`, begin);
  else subscriptions.on<M & CallMessage>(`tracing:${channel}:start`, begin);
  return (
    subscriptions
      .on<CallMessage>(`tracing:${channel}:end`, message => {
        // Over already if it threw or returned a plain value.
        if (message.error !== undefined || 'result' in message) finish(message);
      })
      // Not asyncEnd: that comes after the caller's callback has run.
      .on<CallMessage>(`tracing:${channel}:asyncStart`, finish)
      // Callbacks run where the driver's socket was read; this brings the caller's context back.
      .bind<CallMessage>(`tracing:${channel}:asyncStart`, message => message[callerKey])
  );
}
