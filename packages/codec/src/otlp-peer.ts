import { type Endpoint, type Kind, normalizeEndpoint, normalizeName, parseIp } from '@tracekin/model';

/**
 * Where the other side's name, address and port may stand, best first. The order is that of the OpenTelemetry
 * specification's Zipkin exporter, completed by the names that replaced its older ones.
 */
const NAME_KEYS = [
  'peer.service',
  'server.address',
  'net.peer.name',
  'server.socket.domain',
  'net.sock.peer.name',
  'peer.hostname',
  'db.namespace',
  'db.name',
  'db.system.name',
  'db.system',
  'messaging.system',
] as const;
const ADDRESS_KEYS = [
  'network.peer.address',
  'server.socket.address',
  'net.sock.peer.addr',
  'net.peer.ip',
  'peer.address',
  'server.address',
] as const;
const PORT_KEYS = [
  'network.peer.port',
  'server.socket.port',
  'net.sock.peer.port',
  'server.port',
  'net.peer.port',
] as const;

/** On the called side the server's own address is in `server.*`: only these speak of the caller. */
const CALLER_ADDRESS_KEYS = ['network.peer.address', 'net.sock.peer.addr', 'net.peer.ip', 'client.address'] as const;
const CALLER_PORT_KEYS = ['network.peer.port', 'net.sock.peer.port', 'net.peer.port', 'client.port'] as const;

const KEYS: ReadonlySet<string> = new Set([
  ...NAME_KEYS,
  ...ADDRESS_KEYS,
  ...PORT_KEYS,
  ...CALLER_ADDRESS_KEYS,
  ...CALLER_PORT_KEYS,
]);

/** Collects the attributes of a span that say who is on the other side. */
export class OtlpPeer {
  #values: Map<string, string> | undefined = undefined;

  see(key: string, value: string): void {
    if (!KEYS.has(key) || value === '') return;
    this.#values ??= new Map();
    this.#values.set(key, value);
  }

  /** Undefined when nothing is known, and on spans without a kind unless they name a `peer.service`. */
  endpoint(kind: Kind | undefined): Endpoint | undefined {
    const values = this.#values;
    if (values === undefined) return undefined;
    if (kind === undefined) return normalizeEndpoint({ serviceName: values.get('peer.service') });
    const called = kind === 'SERVER';
    return normalizeEndpoint({
      serviceName: called ? normalizeName(values.get('peer.service')) : nameOf(values),
      ip: first(values, called ? CALLER_ADDRESS_KEYS : ADDRESS_KEYS, text => parseIp(text) !== undefined),
      port: portOf(first(values, called ? CALLER_PORT_KEYS : PORT_KEYS, text => /^[0-9]{1,5}$/.test(text))),
    });
  }
}

/** A name that is an address is no name. */
function nameOf(values: ReadonlyMap<string, string>): string | undefined {
  return normalizeName(first(values, NAME_KEYS, text => parseIp(text) === undefined));
}

function first(
  values: ReadonlyMap<string, string>,
  keys: readonly string[],
  accepts: (text: string) => boolean,
): string | undefined {
  for (const key of keys) {
    const value = values.get(key);
    if (value !== undefined && accepts(value)) return value;
  }
  return undefined;
}

/** Attributes are not ours to validate: a port out of range is unknown. */
function portOf(text: string | undefined): number | undefined {
  const port = Number(text ?? 0);
  return port <= 65535 ? port : undefined;
}
