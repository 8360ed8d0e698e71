import { TracekinError } from './error.ts';
import { isIpv4, parseIp } from './ip-address.ts';
import { normalizeName } from './lower-case.ts';
import type { Endpoint } from './span.ts';

/** An endpoint as a client sent it: any field may be null, and an address may be in the wrong field. */
export interface EndpointInput {
  readonly serviceName?: string | null | undefined;
  readonly ipv4?: string | null | undefined;
  readonly ipv6?: string | null | undefined;
  /** An address of either family. */
  readonly ip?: string | null | undefined;
  readonly port?: number | null | undefined;
}

/**
 * A port as it is stored. 0 and less mean unknown; above 65535, or not an integer, throws `invalid-argument`
 * (`invalid port N`). zipkin.md 7.1.
 */
export function normalizePort(port: number | null | undefined): number | undefined {
  if (port === undefined || port === null || port <= 0) return undefined;
  if (!Number.isInteger(port) || port > 65535) throw new TracekinError('invalid-argument', `invalid port ${port}`);
  return port;
}

/** An endpoint from fields that are normal already, or undefined when there are none. */
export function makeEndpoint(
  serviceName: string | undefined,
  ipv4: string | undefined,
  ipv6: string | undefined,
  port: number | undefined,
): Endpoint | undefined {
  if (serviceName === undefined && ipv4 === undefined && ipv6 === undefined && port === undefined) return undefined;
  const endpoint: { -readonly [K in keyof Endpoint]: Endpoint[K] } = {};
  if (serviceName !== undefined) endpoint.serviceName = serviceName;
  if (ipv4 !== undefined) endpoint.ipv4 = ipv4;
  if (ipv6 !== undefined) endpoint.ipv6 = ipv6;
  if (port !== undefined) endpoint.port = port;
  return endpoint;
}

/**
 * An endpoint as it is stored, or undefined when nothing of it is known: names in lower case, each address in the field of
 * its family and in canonical form, text that is no address ignored. The same object comes back when it is normal already.
 *
 * Addresses are taken in the order ipv4, ipv6, ip; a later one of the same family replaces an earlier one. Throws
 * `invalid-argument` for a port out of range. zipkin.md 7.1.
 */
export function normalizeEndpoint(input: EndpointInput | null | undefined): Endpoint | undefined {
  if (input === undefined || input === null) return undefined;
  const serviceName = normalizeName(input.serviceName);
  const port = normalizePort(input.port);
  let ipv4: string | undefined;
  let ipv6: string | undefined;
  for (let i = 0; i < 3; i++) {
    const text = i === 0 ? input.ipv4 : i === 1 ? input.ipv6 : input.ip;
    if (text === undefined || text === null || text.length === 0) continue;
    if (isIpv4(text)) {
      ipv4 = text;
      continue;
    }
    const address = parseIp(text);
    if (address === undefined) continue;
    if (address.family === 'ipv4') ipv4 = address.text;
    else ipv6 = address.text;
  }
  if (isNormal(input, serviceName, ipv4, ipv6, port)) return input as Endpoint;
  return makeEndpoint(serviceName, ipv4, ipv6, port);
}

/** Whether the input has these values and no other field, so that it can be kept. */
function isNormal(
  input: EndpointInput,
  serviceName: string | undefined,
  ipv4: string | undefined,
  ipv6: string | undefined,
  port: number | undefined,
): boolean {
  if (input.serviceName !== serviceName || input.ipv4 !== ipv4 || input.ipv6 !== ipv6 || input.port !== port)
    return false;
  let spare = 0;
  for (const _ in input) spare++;
  if (serviceName !== undefined) spare--;
  if (ipv4 !== undefined) spare--;
  if (ipv6 !== undefined) spare--;
  if (port !== undefined) spare--;
  return spare === 0 && (serviceName !== undefined || ipv4 !== undefined || ipv6 !== undefined || port !== undefined);
}

/** Whether two endpoints are equal in every field; two absent ones are. */
export function sameEndpoint(a: Endpoint | undefined, b: Endpoint | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return a.serviceName === b.serviceName && a.ipv4 === b.ipv4 && a.ipv6 === b.ipv6 && a.port === b.port;
}
