import { normalizeSpan, type Span } from '@tracekin/model';

/** A number of its own for each run, so that a server which keeps its data does not mix them. */
const RUN = Math.floor(Math.random() * 0xffff_ffff)
  .toString(16)
  .padStart(8, '0');

export function traceId(number: number): string {
  return RUN.padEnd(16, 'a') + number.toString(16).padStart(16, '0');
}

export function spanId(number: number): string {
  return number.toString(16).padStart(16, '0');
}

const service = (serviceName: string, host: number): { serviceName: string; ipv4: string; port: number } => ({
  serviceName,
  ipv4: `10.1.0.${host}`,
  port: 8080,
});

/**
 * A checkout: calls seen from both sides, 24 equal calls of redis, a failed payment, a service whose clock is 30 ms behind,
 * and a message. `slower` µs are added to the payment. 31 rows, 34 reported pieces.
 */
export function checkoutTrace(id: string, startedAt: number, slower = 0): Span[] {
  const spans: Span[] = [];
  let next = 0;
  const front = service('frontend', 1);
  const cart = service('cart', 2);
  const pay = service('pay', 3);
  const stock = service('stock', 4);
  const add = (span: Omit<Parameters<typeof normalizeSpan>[0], 'traceId'>): void =>
    void spans.push(normalizeSpan({ traceId: id, ...span }));
  const call = (
    to: typeof front,
    name: string,
    start: number,
    duration: number,
    skew = 0,
    tags: Record<string, string> = {},
  ): string => {
    const own = spanId(++next);
    const shared = { parentId: spanId(1), id: own };
    add({
      ...shared,
      kind: 'CLIENT',
      name: name.split(' ')[0],
      timestamp: startedAt + start,
      duration,
      localEndpoint: front,
      tags: { 'http.method': 'GET', ...tags },
    });
    add({
      ...shared,
      kind: 'SERVER',
      shared: true,
      name,
      timestamp: startedAt + start + 8000 + skew,
      duration: duration - 16_000,
      localEndpoint: to,
      tags: { 'http.route': name },
      annotations: [{ timestamp: startedAt + start + 9000 + skew, value: 'auth.ok' }],
    });
    return own;
  };
  add({
    id: spanId(++next),
    kind: 'SERVER',
    name: 'post /checkout',
    timestamp: startedAt,
    duration: 420_000 + slower,
    localEndpoint: front,
    tags: { 'http.path': '/checkout', 'user.id': '42' },
  });
  const inCart = call(cart, 'get /cart', 8000, 130_000);
  for (let i = 0; i < 24; i++) {
    add({
      parentId: inCart,
      id: spanId(++next),
      kind: 'CLIENT',
      name: 'get',
      timestamp: startedAt + 20_000 + i * 4000,
      duration: 1000 + ((i * 137) % 2200),
      localEndpoint: cart,
      remoteEndpoint: { serviceName: 'redis' },
      tags: { 'redis.key': `cart:42:${i}` },
    });
  }
  const inStock = call(stock, 'get /stock', 140_000, 90_000, -30_000);
  add({
    parentId: inStock,
    id: spanId(++next),
    kind: 'CLIENT',
    name: 'select stock',
    timestamp: startedAt + 122_000,
    duration: 60_000,
    localEndpoint: stock,
    remoteEndpoint: { serviceName: 'postgres' },
  });
  const inPay = call(pay, 'post /pay', 235_000, 160_000 + slower, 0, { error: 'card declined' });
  const receipt = spanId(next + 2);
  add({
    parentId: inPay,
    id: spanId(++next),
    kind: 'CLIENT',
    name: 'authorize',
    timestamp: startedAt + 250_000,
    duration: 120_000 + slower,
    localEndpoint: pay,
    remoteEndpoint: { serviceName: 'bank' },
    tags: {
      error: 'card declined',
      payload: '{"code":51}',
      'otel.link.0': `${'d'.repeat(32)}/${'e'.repeat(16)}`,
      'otel.link.1': `${id}/${receipt}`,
    },
  });
  add({
    parentId: spanId(1),
    id: receipt,
    kind: 'PRODUCER',
    name: 'send receipt',
    timestamp: startedAt + 400_000,
    localEndpoint: front,
    remoteEndpoint: { serviceName: 'kafka' },
  });
  return spans;
}

/** A parent that was never reported, a loop of two, a span with nothing but ids. 5 rows. */
export function brokenTrace(id: string, startedAt: number): Span[] {
  const span = (number: number, parent: number | undefined, name: string, start: number, duration: number): Span =>
    normalizeSpan({
      traceId: id,
      id: spanId(number),
      parentId: parent === undefined ? undefined : spanId(parent),
      name,
      timestamp: startedAt + start,
      duration,
      localEndpoint: { serviceName: name },
    });
  return [
    span(1, undefined, 'root', 0, 100_000),
    span(2, 255, 'orphan', 5000, 20_000),
    span(3, 4, 'loop-a', 6000, 2000),
    span(4, 3, 'loop-b', 7000, 2000),
    normalizeSpan({ traceId: id, id: spanId(5), parentId: spanId(1) }),
  ];
}

/** Each span the only child of the one before. */
export function deepTrace(id: string, startedAt: number, depth: number): Span[] {
  return Array.from({ length: depth }, (_, i) =>
    normalizeSpan({
      traceId: id,
      id: spanId(i + 1),
      parentId: i === 0 ? undefined : spanId(i),
      name: `step ${i}`,
      timestamp: startedAt + i,
      duration: depth * 2 - i,
      localEndpoint: { serviceName: `s${i % 12}` },
    }),
  );
}
