import type { Endpoint } from '@tracekin/model';

/**
 * What an endpoint has besides its name: `ipv4|ipv6|port`, each empty when absent, or the empty text when all are. Addresses
 * hold no bar, so this reads back without loss.
 */
export function formatAddress(endpoint: Endpoint | undefined): string {
  if (endpoint === undefined) return '';
  const { ipv4, ipv6, port } = endpoint;
  if (ipv4 === undefined && ipv6 === undefined && port === undefined) return '';
  return `${ipv4 ?? ''}|${ipv6 ?? ''}|${port ?? ''}`;
}

/** The endpoint of a name (empty: absent) and an address; undefined when both are empty. */
export function parseEndpoint(serviceName: string, address: string): Endpoint | undefined {
  if (address === '') return serviceName === '' ? undefined : { serviceName };
  const endpoint: { -readonly [K in keyof Endpoint]: Endpoint[K] } = {};
  if (serviceName !== '') endpoint.serviceName = serviceName;
  const [ipv4 = '', ipv6 = '', port = ''] = address.split('|');
  if (ipv4 !== '') endpoint.ipv4 = ipv4;
  if (ipv6 !== '') endpoint.ipv6 = ipv6;
  if (port !== '') endpoint.port = Number(port);
  return endpoint;
}
