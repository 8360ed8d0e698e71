import type { Span } from '@tracekin/model';
import { type Parent, randomFrom, TraceBuilder, type Work } from './shop-trace-builder.ts';

// A web shop as its tracers would report it: twelve services, their databases, caches and queues, failures, slow paths.
// The same seed makes the same traces. Used by the browser tests and for the screenshots of the README.

export interface ShopOptions {
  /** How many traces. */
  readonly traces: number;
  /** The latest start, in milliseconds since the epoch. */
  readonly endTs: number;
  /** How far back the traces are spread, in milliseconds. */
  readonly spreadMs: number;
  readonly seed?: number;
}

/** Traces of the shop as the v2 spans that its services report: both halves of each call. */
export function shopTraces({ traces, endTs, spreadMs, seed = 1 }: ShopOptions): Span[][] {
  const random = randomFrom(seed);
  const flows = [checkout, checkout, browse, browse, browse, browse, search, search, login, reorder];
  return Array.from({ length: traces }, (_, index) => {
    const start =
      (endTs - spreadMs * (index / Math.max(1, traces)) - random() * (spreadMs / Math.max(1, traces))) * 1000;
    const trace = new TraceBuilder(random);
    flows[Math.floor(random() * flows.length)]!(trace, Math.floor(start));
    return trace.spans;
  });
}

type Flow = (trace: TraceBuilder, start: number) => void;

const http = (method: string, path: string, status = 200): Readonly<Record<string, string>> => ({
  'http.method': method,
  'http.path': path,
  'http.status_code': String(status),
});
const sql = (query: string): Work => ({ name: query.split(' ')[0]!.toLowerCase(), tags: { 'sql.query': query } });

const checkout: Flow = (trace, start) => {
  const declined = trace.chance(0.09);
  const outOfStock = !declined && trace.chance(0.03);
  const status = declined ? 402 : outOfStock ? 409 : 200;
  trace.root(
    'gateway',
    {
      name: 'post /checkout',
      tags: http('POST', '/checkout', status),
      ...(status !== 200 && { error: String(status) }),
    },
    start,
    (gateway, at) => {
      const signedIn = session(trace, gateway, at);
      return trace.call(
        gateway,
        'checkout',
        {
          name: 'post /orders',
          tags: http('POST', '/orders', status),
          ...(status !== 200 && { error: String(status) }),
        },
        signedIn,
        (self, begun) => {
          const priced = cart(trace, self, begun);
          const reserved = trace.call(
            self,
            'inventory',
            {
              name: 'reserve',
              tags: { 'rpc.method': 'reserve' },
              ...(outOfStock && { error: 'sku 7712 is out of stock' }),
            },
            priced,
            (stock, stockAt) =>
              trace.leaf(
                stock,
                'postgres',
                sql('UPDATE stock SET reserved = reserved + 1 WHERE sku = $1'),
                stockAt,
                trace.ms(6),
              ),
          );
          if (outOfStock) return reserved;
          const paid = payment(trace, self, reserved, declined);
          if (declined) return paid;
          const saved = trace.leaf(
            self,
            'postgres',
            sql('INSERT INTO orders (id, customer, total) VALUES ($1, $2, $3)'),
            paid,
            trace.ms(5),
          );
          return trace.message(self, 'order-placed', 'shipping', saved, trace.ms(8), (shipping, received) => {
            const label = trace.leaf(
              shipping,
              'parcel-partner',
              { name: 'post', tags: http('POST', '/labels') },
              received,
              trace.ms(70),
            );
            return trace.call(shipping, 'notification', { name: 'send-mail' }, label, (mail, mailAt) =>
              trace.leaf(
                mail,
                'smtp',
                { name: 'deliver' },
                trace.local(mail, 'render template', mailAt, trace.ms(9)),
                trace.ms(30),
              ),
            );
          });
        },
      );
    },
  );
};

const browse: Flow = (trace, start) => {
  const cached = trace.chance(0.6);
  trace.root('gateway', { name: 'get /products/{id}', tags: http('GET', '/products/7712') }, start, (gateway, at) =>
    trace.call(
      gateway,
      'catalog',
      { name: 'get /products/{id}', tags: http('GET', '/products/7712') },
      at,
      (self, begun) => {
        const looked = trace.leaf(
          self,
          'redis',
          { name: 'get', tags: { 'cache.hit': String(cached) } },
          begun,
          trace.ms(0.7),
        );
        if (cached) return looked;
        const read = trace.leaf(self, 'mongodb', { name: 'find products' }, looked, trace.ms(14));
        const reviews = trace.call(self, 'reviews', { name: 'list' }, read, (reviewsSelf, reviewsAt) => {
          let next = reviewsAt;
          for (let i = 0; i < 6; i++)
            next = trace.leaf(
              reviewsSelf,
              'postgres',
              sql('SELECT * FROM reviews WHERE product = $1'),
              next,
              trace.ms(1.6),
            );
          return next;
        });
        return trace.leaf(self, 'redis', { name: 'set' }, reviews, trace.ms(0.8));
      },
    ),
  );
};

const search: Flow = (trace, start) => {
  const timedOut = trace.chance(0.04);
  trace.root(
    'gateway',
    { name: 'get /search', tags: http('GET', '/search', timedOut ? 504 : 200), ...(timedOut && { error: '504' }) },
    start,
    (gateway, at) =>
      trace.call(
        gateway,
        'search',
        { name: 'query', ...(timedOut && { error: 'deadline of 1 s exceeded' }) },
        at,
        (self, begun) => {
          const found = trace.leaf(
            self,
            'elasticsearch',
            { name: 'search products', ...(timedOut && { error: 'timeout' }) },
            begun,
            timedOut ? 1_000_000 : trace.ms(35),
          );
          return timedOut
            ? found
            : trace.call(self, 'recommendation', { name: 'rank' }, found, (rank, rankAt) =>
                trace.local(rank, 'score', rankAt, trace.ms(18)),
              );
        },
      ),
  );
};

const login: Flow = (trace, start) => {
  const wrong = trace.chance(0.12);
  trace.root(
    'gateway',
    { name: 'post /login', tags: http('POST', '/login', wrong ? 401 : 200) },
    start,
    (gateway, at) =>
      trace.call(
        gateway,
        'auth',
        { name: 'verify', tags: { 'auth.result': wrong ? 'denied' : 'ok' } },
        at,
        (self, begun) => {
          const read = trace.leaf(
            self,
            'postgres',
            sql('SELECT hash FROM accounts WHERE mail = $1'),
            begun,
            trace.ms(3),
          );
          const hashed = trace.local(self, 'argon2', read, trace.ms(85));
          return wrong ? hashed : trace.leaf(self, 'redis', { name: 'set' }, hashed, trace.ms(0.6));
        },
      ),
  );
};

/** A nightly job: no request, no gateway. */
const reorder: Flow = (trace, start) => {
  trace.root('inventory', { name: 'reorder-stock' }, start, (self, at) => {
    let next = trace.leaf(self, 'postgres', sql('SELECT sku FROM stock WHERE level < minimum'), at, trace.ms(12));
    for (let i = 0; i < 8; i++)
      next = trace.call(self, 'supplier-proxy', { name: 'order' }, next, (proxy, proxyAt) =>
        trace.leaf(proxy, 'supplier', { name: 'post', tags: http('POST', '/orders') }, proxyAt, trace.ms(22)),
      );
    return next;
  });
};

function session(trace: TraceBuilder, from: Parent, at: number): number {
  return trace.call(from, 'auth', { name: 'check-session' }, at, (self, begun) =>
    trace.leaf(self, 'redis', { name: 'get' }, begun, trace.ms(0.5)),
  );
}

function cart(trace: TraceBuilder, from: Parent, at: number): number {
  return trace.call(from, 'cart', { name: 'get-items' }, at, (self, begun) => {
    const items = trace.leaf(self, 'redis', { name: 'lrange' }, begun, trace.ms(0.9));
    let next = items;
    for (let i = 0; i < 5; i++)
      next = trace.call(self, 'catalog', { name: 'get-price' }, next, (catalog, catalogAt) =>
        trace.leaf(catalog, 'redis', { name: 'get' }, catalogAt, trace.ms(0.6)),
      );
    return next;
  });
}

function payment(trace: TraceBuilder, from: Parent, at: number, declined: boolean): number {
  return trace.call(
    from,
    'payment',
    { name: 'authorize', ...(declined && { error: 'card declined' }) },
    at,
    (self, begun) => {
      const checked = trace.call(self, 'fraud', { name: 'score' }, begun, (fraud, fraudAt) =>
        trace.local(fraud, 'model', trace.leaf(fraud, 'redis', { name: 'get' }, fraudAt, trace.ms(0.5)), trace.ms(12)),
      );
      // One time in eight the bank's first machine does not answer; the second one does.
      const asked =
        !declined && trace.chance(0.12)
          ? trace.leaf(
              self,
              'bank',
              {
                name: 'post',
                tags: { ...http('POST', '/authorize', 504), attempt: '1' },
                error: 'no answer within 120 ms',
              },
              checked,
              120_000,
            )
          : checked;
      return trace.leaf(
        self,
        'bank',
        { name: 'post', tags: http('POST', '/authorize', declined ? 402 : 200), ...(declined && { error: '402' }) },
        asked,
        trace.ms(140),
      );
    },
  );
}
