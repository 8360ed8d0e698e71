import { getTracer } from '../default-tracer.ts';
import { currentContext } from '../scope.ts';
import type { Span } from '../span.ts';
import { SUPPRESSED } from '../trace-context.ts';

/** The part of the driver's events that is used. */
interface CommandStarted {
  readonly requestId: number;
  readonly connectionId?: string | number | undefined;
  readonly address: string;
  readonly databaseName: string;
  readonly commandName: string;
  readonly command: Readonly<Record<string, unknown>>;
}
interface CommandEnded {
  readonly requestId: number;
  readonly address: string;
  readonly failure?: unknown;
}

/** A `MongoClient` made with `monitorCommands: true`. */
export interface MongoClientLike {
  on(event: string, listener: (event: never) => void): unknown;
  off(event: string, listener: (event: never) => void): unknown;
}

/** Commands that keep connections alive; nobody's request. */
const HOUSEKEEPING = new Set(['hello', 'ismaster', 'isMaster', 'ping', 'endSessions', 'saslStart', 'saslContinue']);
const MAX_OPEN_SPANS = 10_000;

/**
 * Records the commands of a client as CLIENT spans. `new MongoClient(url, { monitorCommands: true })` is needed: the driver
 * publishes its events only then. Returns how to undo it.
 */
export function instrumentMongoClient(client: MongoClientLike): () => void {
  const open = new Map<string, Span>();
  const started = (event: CommandStarted): void => {
    const caller = currentContext();
    if (
      caller === undefined ||
      caller === SUPPRESSED ||
      HOUSEKEEPING.has(event.commandName) ||
      open.size >= MAX_OPEN_SPANS
    )
      return;
    const collection = event.command[event.commandName];
    const [host, port] = splitAddress(event.address);
    const span = getTracer().startSpan(event.commandName, {
      kind: 'CLIENT',
      tags: {
        'mongodb.collection': typeof collection === 'string' ? collection : undefined,
        'mongodb.command': event.commandName,
      },
      remote: { serviceName: `mongodb-${event.databaseName}`, ip: host, port },
    });
    if (span.isRecording) open.set(`${event.address}/${event.requestId}`, span);
  };
  const ended = (event: CommandEnded): void => {
    const key = `${event.address}/${event.requestId}`;
    const span = open.get(key);
    if (span === undefined) return;
    open.delete(key);
    if (event.failure !== undefined) span.error(event.failure);
    span.finish();
  };
  const listeners = { commandStarted: started, commandSucceeded: ended, commandFailed: ended };
  for (const [name, listener] of Object.entries(listeners)) client.on(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) client.off(name, listener);
  };
}

function splitAddress(address: string): [string, number | undefined] {
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  return colon > 0 && port > 0 ? [address.slice(0, colon), port] : [address, undefined];
}
