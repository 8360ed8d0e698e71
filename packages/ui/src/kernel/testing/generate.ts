/** Deterministic traces for tests and benches, as Zipkin JSON v2 objects. */

export interface GeneratedSpan {
  traceId: string;
  id: string;
  parentId?: string;
  kind?: string;
  name: string;
  timestamp?: number;
  duration?: number;
  localEndpoint?: { serviceName: string; ipv4?: string };
  remoteEndpoint?: { serviceName: string };
  annotations?: { timestamp: number; value: string }[];
  tags?: Record<string, string>;
  shared?: boolean;
}

/** Mulberry32: small, seeded, the same everywhere. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const SERVICES = [
  'gateway',
  'checkout',
  'cart',
  'pay',
  'bank',
  'redis',
  'postgres',
  'search',
  'catalog',
  'mail',
  'users',
  'sessions',
  'pricing',
  'stock',
  'shipping',
  'tax',
  'reviews',
  'images',
  'audit',
  'kafka',
];
const VERBS = ['get', 'post', 'put', 'select', 'insert', 'publish', 'render', 'authorize', 'lookup', 'list'];
const NOUNS = ['/items', '/cart', '/orders', '/users', '/price'];

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const EPOCH = 1_763_700_000_000_000;

export function spanId(number: number): string {
  return (number + 1).toString(16).padStart(16, '0');
}

/**
 * A shop: 20 services, 50 names, 3 tags, each span with up to `fanOut` children inside its own time, errors on 1 in 150.
 * @param count spans
 */
export function shopTrace(
  count: number,
  options: { seed?: number; fanOut?: number; traceId?: string; epoch?: number } = {},
): GeneratedSpan[] {
  const next = random(options.seed ?? 1);
  const fanOut = options.fanOut ?? 8;
  const epoch = options.epoch ?? EPOCH;
  const traceId = options.traceId ?? TRACE_ID;
  const start = new Float64Array(count);
  const duration = new Float64Array(count);
  const spans: GeneratedSpan[] = [];
  for (let i = 0; i < count; i++) {
    const parent = i === 0 ? -1 : Math.floor((i - 1) / fanOut);
    if (parent < 0) duration[i] = 1_200_000 + count * 20;
    else {
      const slot = ((i - 1) % fanOut) / fanOut;
      const room = duration[parent] as number;
      start[i] = Math.floor((start[parent] as number) + room * (slot * 0.9 + next() * 0.05));
      duration[i] = Math.max(1, Math.floor(room * (0.04 + next() * 0.2)));
    }
    const service = SERVICES[i === 0 ? 0 : Math.floor(next() * SERVICES.length)] as string;
    const verb = VERBS[Math.floor(next() * VERBS.length)] as string;
    const noun = NOUNS[Math.floor(next() * NOUNS.length)] as string;
    const failed = next() < 1 / 150;
    const span: GeneratedSpan = {
      traceId,
      id: spanId(i),
      name: `${verb} ${noun}`,
      kind: i === 0 ? 'SERVER' : 'CLIENT',
      timestamp: epoch + (start[i] as number),
      duration: duration[i] as number,
      localEndpoint: { serviceName: service, ipv4: `10.0.0.${SERVICES.indexOf(service) + 1}` },
      tags: {
        'http.method': verb.toUpperCase(),
        'http.status_code': failed ? '503' : '200',
        'request.id': `r-${i % 997}`,
      },
    };
    if (parent >= 0) span.parentId = spanId(parent);
    if (failed) (span.tags as Record<string, string>)['error'] = 'upstream did not answer';
    if (i % 40 === 0) span.annotations = [{ timestamp: epoch + (start[i] as number) + 3, value: 'cache.miss' }];
    spans.push(span);
  }
  return spans;
}

/** A chain: each span the only child of the one before. */
export function chainTrace(depth: number): GeneratedSpan[] {
  const spans: GeneratedSpan[] = [];
  for (let i = 0; i < depth; i++) {
    const span: GeneratedSpan = {
      traceId: TRACE_ID,
      id: spanId(i),
      name: `step ${i % 10}`,
      timestamp: EPOCH + i,
      duration: depth * 2 - i * 2 + 1,
      localEndpoint: { serviceName: SERVICES[i % SERVICES.length] as string },
    };
    if (i > 0) span.parentId = spanId(i - 1);
    spans.push(span);
  }
  return spans;
}

/** One parent with `count - 1` children. */
export function wideTrace(count: number): GeneratedSpan[] {
  const spans = chainTrace(count);
  for (let i = 1; i < count; i++) (spans[i] as GeneratedSpan).parentId = spanId(0);
  return spans;
}

export function toBytes(spans: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(spans));
}
