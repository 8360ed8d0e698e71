import type { Span } from '@tracekin/model';

/** A trace to look at before there is a real one: an order in a shop whose first payment attempt fails. Two database
 * calls, a shared client/server call, a message, a retry and an error; times end now.
 *
 * @param nowMs milliseconds since the epoch
 * @param randomHex an even number of lower-hex digits from a random source; for tests
 */
export function sampleTrace(nowMs: number, randomHex: (digits: number) => string = randomHexDigits): readonly Span[] {
  const traceId = randomHex(32);
  const start = (nowMs - 900) * 1000;
  const at = (ms: number): number => start + Math.round(ms * 1000);
  const for_ = (ms: number): number => Math.round(ms * 1000);
  const id = (): string => randomHex(16);
  const [root, order, price, stock, pay1, pay2, send, receive] = [
    id(),
    id(),
    id(),
    id(),
    id(),
    id(),
    id(),
    id(),
  ] as const;
  const service = (serviceName: string): { readonly serviceName: string } => ({ serviceName });
  const spans: Omit<Span, 'traceId'>[] = [
    {
      id: root,
      kind: 'SERVER',
      name: 'post /checkout',
      timestamp: at(0),
      duration: for_(742),
      localEndpoint: service('sample-web'),
      tags: { 'http.method': 'POST', 'http.path': '/checkout', 'http.status_code': '200' },
    },
    {
      id: order,
      parentId: root,
      kind: 'CLIENT',
      name: 'post /orders',
      timestamp: at(8),
      duration: for_(724),
      localEndpoint: service('sample-web'),
      remoteEndpoint: service('sample-orders'),
      tags: { 'http.method': 'POST' },
    },
    {
      id: order,
      parentId: root,
      kind: 'SERVER',
      name: 'post /orders',
      timestamp: at(14),
      duration: for_(711),
      localEndpoint: service('sample-orders'),
      shared: true,
      tags: { 'http.path': '/orders', 'http.status_code': '201' },
    },
    {
      id: price,
      parentId: order,
      name: 'price basket',
      timestamp: at(18),
      duration: for_(61),
      localEndpoint: service('sample-orders'),
      annotations: [{ timestamp: at(52), value: 'voucher applied' }],
    },
    {
      id: stock,
      parentId: order,
      kind: 'CLIENT',
      name: 'select',
      timestamp: at(84),
      duration: for_(37),
      localEndpoint: service('sample-orders'),
      remoteEndpoint: service('sample-database'),
      tags: { 'sql.query': 'SELECT level FROM stock WHERE sku = $1' },
    },
    {
      id: pay1,
      parentId: order,
      kind: 'CLIENT',
      name: 'authorize',
      timestamp: at(126),
      duration: for_(250),
      localEndpoint: service('sample-orders'),
      remoteEndpoint: service('sample-bank'),
      tags: { attempt: '1', error: 'no answer within 250 ms' },
    },
    {
      id: pay2,
      parentId: order,
      kind: 'CLIENT',
      name: 'authorize',
      timestamp: at(381),
      duration: for_(208),
      localEndpoint: service('sample-orders'),
      remoteEndpoint: service('sample-bank'),
      tags: { attempt: '2' },
    },
    {
      id: id(),
      parentId: order,
      kind: 'CLIENT',
      name: 'insert',
      timestamp: at(594),
      duration: for_(74),
      localEndpoint: service('sample-orders'),
      remoteEndpoint: service('sample-database'),
      tags: { 'sql.query': 'INSERT INTO orders VALUES ($1, $2)' },
    },
    {
      id: send,
      parentId: order,
      kind: 'PRODUCER',
      name: 'send order-placed',
      timestamp: at(676),
      duration: for_(9),
      localEndpoint: service('sample-orders'),
      remoteEndpoint: service('sample-queue'),
    },
    {
      id: receive,
      parentId: send,
      kind: 'CONSUMER',
      name: 'process order-placed',
      timestamp: at(701),
      duration: for_(164),
      localEndpoint: service('sample-mailer'),
      remoteEndpoint: service('sample-queue'),
    },
    {
      id: id(),
      parentId: receive,
      name: 'render mail',
      timestamp: at(709),
      duration: for_(48),
      localEndpoint: service('sample-mailer'),
    },
    {
      id: id(),
      parentId: receive,
      kind: 'CLIENT',
      name: 'deliver',
      timestamp: at(760),
      duration: for_(97),
      localEndpoint: service('sample-mailer'),
      remoteEndpoint: service('sample-smtp'),
    },
  ];
  return spans.map(span => ({ traceId, ...span }));
}

function randomHexDigits(digits: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(digits / 2));
  // An id of zeros is invalid.
  bytes[0] = (bytes[0] ?? 0) | 1;
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
