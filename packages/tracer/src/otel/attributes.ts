import type { Kind } from '@tracekin/model';
import type { EndpointInput } from '../endpoint.ts';

/** OpenTelemetry's `SpanKind` by number: internal, server, client, producer, consumer. */
const KINDS: readonly (Kind | undefined)[] = [undefined, 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

/** Zipkin's kind for OpenTelemetry's. */
export function kindOf(kind: number | undefined): Kind | undefined {
  return kind === undefined ? undefined : KINDS[kind];
}

/** An attribute's value as a tag: lists are JSON, as OpenTelemetry's mapping to Zipkin has it. */
export function tagValue(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Where the semantic conventions, current and old, keep the other side of a call; the first that is set counts. */
const PEER_NAMES = [
  'peer.service',
  'db.name',
  'db.namespace',
  'server.address',
  'net.peer.name',
  'messaging.system',
  'db.system',
  'db.system.name',
  'rpc.service',
];
const SERVER_IPS = ['network.peer.address', 'server.socket.address', 'net.peer.ip', 'net.sock.peer.addr'];
const SERVER_PORTS = ['server.port', 'network.peer.port', 'server.socket.port', 'net.peer.port', 'net.sock.peer.port'];
const CLIENT_IPS = ['client.address', 'network.peer.address', 'net.sock.peer.addr', 'net.peer.ip'];
const CLIENT_PORTS = ['client.port', 'network.peer.port', 'net.sock.peer.port', 'net.peer.port'];
/** Says nothing about the service. */
const LOCALHOST = 'localhost';

/** The remote endpoint that a span's attributes tell of; Zipkin's service graph needs it. */
export function peerOf(
  kind: Kind | undefined,
  attributes: Readonly<Record<string, unknown>>,
): EndpointInput | undefined {
  if (kind === undefined) return undefined;
  if (kind === 'SERVER') return { ip: first(attributes, CLIENT_IPS), port: port(attributes, CLIENT_PORTS) };
  const name = first(attributes, PEER_NAMES);
  const isAddress = name !== undefined && /^[\d.]+$|:/.test(name);
  return {
    serviceName: isAddress || name === LOCALHOST ? undefined : name,
    ip: first(attributes, SERVER_IPS) ?? (isAddress ? name : undefined),
    port: port(attributes, SERVER_PORTS),
  };
}

function first(attributes: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  const name = names.find(candidate => typeof attributes[candidate] === 'string' && attributes[candidate] !== '');
  return name === undefined ? undefined : (attributes[name] as string);
}

function port(attributes: Readonly<Record<string, unknown>>, names: readonly string[]): number | undefined {
  const name = names.find(candidate => Number(attributes[candidate]) > 0);
  return name === undefined ? undefined : Number(attributes[name]);
}
