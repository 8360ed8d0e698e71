import type { Endpoint, Kind, Span } from '@tracekin/model';

function endpoint(serviceName: string): Endpoint {
  let hash = 7;
  for (const char of serviceName) hash = (hash * 31 + char.charCodeAt(0)) % 250;
  return { serviceName, ipv4: `10.4.${hash % 16}.${hash + 1}`, port: 8080 + (hash % 10) };
}

/** The span that calls. */
export interface Parent {
  readonly id: string;
  readonly service: string;
}

/** What a span says beside its place and time. */
export interface Work {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly error?: string;
}

/** Records one trace as its services report it; every method returns when its work ends, in epoch microseconds. */
export class TraceBuilder {
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

/** Mulberry32: 2^32 steps, good enough for test data and the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
