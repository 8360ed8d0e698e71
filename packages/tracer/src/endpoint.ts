import type { Endpoint } from '@tracekin/model';

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const MAPPED_IPV4 = '::ffff:';

/** What an endpoint is made from; everything is optional and invalid parts are left out. */
export interface EndpointInput {
  /** Compared without case; Zipkin stores lower case. */
  readonly serviceName?: string | undefined;
  /** An IPv4 or IPv6 address, brackets and mapped IPv4 allowed. */
  readonly ip?: string | undefined;
  /** 1 to 65535; 0 means unknown. */
  readonly port?: number | undefined;
}

/** A normalised endpoint, or undefined where nothing valid remains (zipkin.md 7.1). */
export function endpoint(input: EndpointInput): Endpoint | undefined {
  const result: { serviceName?: string; ipv4?: string; ipv6?: string; port?: number } = {};
  if (input.serviceName) result.serviceName = input.serviceName.toLowerCase();
  if (input.ip) addIp(result, input.ip);
  const port = input.port;
  if (port !== undefined && port > 0 && port <= 65_535) result.port = port;
  for (const _ in result) return result;
  return undefined;
}

function addIp(result: { ipv4?: string; ipv6?: string }, text: string): void {
  const ip = text.startsWith('[') ? text.slice(1, -1) : text;
  const v4 = ip.startsWith(MAPPED_IPV4) ? ip.slice(MAPPED_IPV4.length) : ip;
  if (IPV4.test(v4)) result.ipv4 = v4;
  else if (ip.includes(':')) result.ipv6 = ip.toLowerCase();
}

/** Whether `host` is an address and not a name. */
export function isIp(host: string): boolean {
  return host.includes(':') || IPV4.test(host);
}
