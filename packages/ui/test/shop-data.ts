import type { Endpoint, Kind, Span } from '@tracekin/model';

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

function endpoint(serviceName: string): Endpoint {
  let hash = 7;
  for (const char of serviceName) hash = (hash * 31 + char.charCodeAt(0)) % 250;
  return { serviceName, ipv4: `10.4.${hash % 16}.${hash + 1}`, port: 8080 + (hash % 10) };
}

interface Parent {
  readonly id: string;
  readonly service: string;
}

interface Work {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly error?: string;
}

class TraceBuilder {
  readonly spans: Span[] = [];
  readonly #random: () => number;
  readonly #traceId: string;

  constructor(random: () => number) {
    this.#random = random;
    this.#traceId = this.#hex(32);
  }

  chance(part: number): boolean {
    return this.#random() < part;
  }

  /** Microseconds around `ms` milliseconds, with the long tail that real services have. */
  ms(ms: number): number {
    const tail = this.#random() < 0.04 ? 3 + this.#random() * 5 : 1;
    return Math.max(60, Math.round(ms * 1000 * (0.6 + this.#random() * 0.8) * tail));
  }

  /** A request that comes from outside. `inside` returns when it ends. */
  root(service: string, work: Work, start: number, inside: (self: Parent, at: number) => number): number {
    const id = this.#hex(16);
    const end = inside({ id, service }, start + this.ms(0.4)) + this.ms(0.5);
    this.#push({ id, kind: 'SERVER', service, work, start, end });
    return end;
  }

  /** A call: a client span, and the server's half with the same id, 0.2 to 1 ms inside it. */
  call(from: Parent, service: string, work: Work, start: number, inside: (self: Parent, at: number) => number): number {
    const id = this.#hex(16);
    const [there, back] = [this.ms(0.4), this.ms(0.4)];
    const serverEnd = inside({ id, service }, start + there + this.ms(0.2)) + this.ms(0.2);
    this.#push({
      id,
      parent: from.id,
      kind: 'CLIENT',
      service: from.service,
      remote: service,
      work,
      start,
      end: serverEnd + back,
    });
    this.#push({
      id,
      parent: from.id,
      kind: 'SERVER',
      service,
      work,
      start: start + there,
      end: serverEnd,
      shared: true,
    });
    return serverEnd + back;
  }

  /** A call to something that reports no spans: a database, a cache, a partner. */
  leaf(from: Parent, remote: string, work: Work, start: number, duration: number): number {
    this.#push({
      id: this.#hex(16),
      parent: from.id,
      kind: 'CLIENT',
      service: from.service,
      remote,
      work,
      start,
      end: start + duration,
    });
    return start + duration;
  }

  /** Work inside a service. */
  local(from: Parent, name: string, start: number, duration: number): number {
    this.#push({
      id: this.#hex(16),
      parent: from.id,
      service: from.service,
      work: { name },
      start,
      end: start + duration,
    });
    return start + duration;
  }

  /** A message: the producer's span, then the consumer's, `delay` microseconds later. */
  message(
    from: Parent,
    topic: string,
    consumer: string,
    start: number,
    delay: number,
    inside: (self: Parent, at: number) => number,
  ): number {
    const producer = this.#hex(16);
    const consumerId = this.#hex(16);
    const sent = start + this.ms(1.2);
    this.#push({
      id: producer,
      parent: from.id,
      kind: 'PRODUCER',
      service: from.service,
      remote: 'kafka',
      work: { name: `send ${topic}`, tags: { 'kafka.topic': topic } },
      start,
      end: sent,
    });
    const received = sent + delay;
    const end = inside({ id: consumerId, service: consumer }, received + this.ms(0.3));
    this.#push({
      id: consumerId,
      parent: producer,
      kind: 'CONSUMER',
      service: consumer,
      remote: 'kafka',
      work: { name: `process ${topic}`, tags: { 'kafka.topic': topic } },
      start: received,
      end,
    });
    return sent;
  }

  #push(part: {
    id: string;
    parent?: string;
    kind?: Kind;
    service: string;
    remote?: string;
    work: Work;
    start: number;
    end: number;
    shared?: true;
  }): void {
    const { work } = part;
    this.spans.push({
      traceId: this.#traceId,
      id: part.id,
      ...(part.parent !== undefined && { parentId: part.parent }),
      ...(part.kind !== undefined && { kind: part.kind }),
      name: work.name,
      timestamp: Math.floor(part.start),
      duration: Math.max(1, Math.floor(part.end - part.start)),
      localEndpoint: endpoint(part.service),
      ...(part.remote !== undefined && { remoteEndpoint: endpoint(part.remote) }),
      ...(part.shared && { shared: true }),
      ...((work.tags !== undefined || work.error !== undefined) && {
        tags: { ...work.tags, ...(work.error !== undefined && { error: work.error }) },
      }),
      ...(work.error !== undefined && { annotations: [{ timestamp: Math.floor(part.end) - 1, value: 'exception' }] }),
    });
  }

  #hex(length: number): string {
    let text = '';
    while (text.length < length) text += Math.floor(this.#random() * 16).toString(16);
    return /^0+$/.test(text) ? `1${text.slice(1)}` : text;
  }
}

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

/** Mulberry32: 2^32 steps, good enough for test data and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
