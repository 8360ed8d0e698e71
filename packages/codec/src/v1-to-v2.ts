import { type Annotation, type Endpoint, type Kind, type Span, sameEndpoint, sortAnnotations } from '@tracekin/model';
import { spanOf } from './span-of.ts';
import { binaryTagShapes, TagCollector, type TagShape } from './tag-shapes.ts';
import type { V1Annotation, V1Span } from './v1-span.ts';

/** A v2 span while it is put together: one for each service that reported into the v1 span. */
class Draft {
  kind: Kind | undefined = undefined;
  timestamp: number | undefined = undefined;
  duration: number | undefined = undefined;
  localEndpoint: Endpoint | undefined;
  remoteEndpoint: Endpoint | undefined = undefined;
  shared = false;
  annotations: Annotation[] | undefined = undefined;
  keys: string[] | undefined = undefined;
  values: string[] | undefined = undefined;

  constructor(localEndpoint: Endpoint | undefined) {
    this.localEndpoint = localEndpoint;
  }

  annotate(timestamp: number, value: string): void {
    this.annotations ??= [];
    this.annotations.push({ timestamp, value });
  }

  tag(key: string, value: string): void {
    this.keys ??= [];
    this.values ??= [];
    this.keys.push(key);
    this.values.push(value);
  }

  /** Times as given, or unknown when they are not positive (a clock that went backwards). */
  times(timestamp: number, duration: number | undefined): void {
    this.timestamp = timestamp > 0 ? timestamp : undefined;
    if (duration !== undefined) this.duration = duration > 0 ? duration : undefined;
  }
}

/** The annotations that stand for something other than themselves, each the last of its value. */
interface Core {
  cs?: V1Annotation;
  cr?: V1Annotation;
  sr?: V1Annotation;
  ss?: V1Annotation;
  ms?: V1Annotation;
  mr?: V1Annotation;
  ws?: V1Annotation;
  wr?: V1Annotation;
}

const KIND_BY_CORE: Readonly<Record<string, Kind | null>> = {
  cs: 'CLIENT',
  cr: 'CLIENT',
  sr: 'SERVER',
  ss: 'SERVER',
  ms: 'PRODUCER',
  mr: 'CONSUMER',
  ws: null,
  wr: null,
};

const collector = new TagCollector();

/**
 * Appends the v2 spans that a v1 span stands for: one for each local service name, and two when a service called itself
 * (zipkin.md 7.5). `shapes` speeds up the sorting of tags.
 */
export function v1ToV2(source: V1Span, out: Span[], shapes: TagShape): void {
  const conversion = new Conversion(source);
  conversion.annotations();
  conversion.binaryAnnotations();
  for (const draft of conversion.drafts) out.push(finish(source, draft, shapes));
}

/** The v2 spans that one v1 span stands for, never none. */
export function convertV1Span(source: V1Span): Span[] {
  const spans: Span[] = [];
  v1ToV2(source, spans, binaryTagShapes());
  return spans;
}

class Conversion {
  readonly drafts: Draft[] = [new Draft(undefined)];
  readonly #source: V1Span;
  readonly #core: Core = {};
  /** The drafts behind the first by service: a hostile span may name a hundred thousand. */
  #others: Map<string | undefined, Draft> | undefined = undefined;

  constructor(source: V1Span) {
    this.#source = source;
  }

  /** The draft of that service; whatever has no endpoint belongs to the first, and the first endpoint names the first. */
  #of(endpoint: Endpoint | undefined): Draft {
    const first = this.drafts[0]!;
    if (endpoint === undefined || endpoint === first.localEndpoint) return first;
    if (first.localEndpoint === undefined) {
      first.localEndpoint = endpoint;
      return first;
    }
    if (sameService(first.localEndpoint, endpoint)) return first;
    return this.#others?.get(endpoint.serviceName) ?? this.#fork(endpoint);
  }

  #fork(endpoint: Endpoint | undefined): Draft {
    const draft = new Draft(endpoint);
    this.drafts.push(draft);
    this.#others ??= new Map();
    const service = endpoint?.serviceName;
    if (!this.#others.has(service)) this.#others.set(service, draft);
    return draft;
  }

  /** The draft that holds the second half of a call; a new one when both halves are of one service. */
  #otherHalf(near: V1Annotation, far: V1Annotation, nearKind: Kind, farKind: Kind): Draft {
    if (!sameService(near.endpoint, far.endpoint)) return this.#of(far.endpoint);
    this.#of(near.endpoint).kind = nearKind;
    const draft = this.#fork(far.endpoint);
    draft.kind = farKind;
    return draft;
  }

  annotations(): void {
    const source = this.#source;
    const core = this.#core;
    for (const annotation of source.annotations) {
      const { timestamp, value, endpoint } = annotation;
      const draft = this.#of(endpoint);
      const kind = value.length === 2 && endpoint !== undefined ? KIND_BY_CORE[value] : undefined;
      if (kind === undefined) {
        draft.annotate(timestamp, value);
        continue;
      }
      if (kind !== null) draft.kind = kind;
      core[value as keyof Core] = annotation;
    }
    // A reporter that knew start and duration may have written only the end.
    if (core.cs === undefined && endsSpan(core.cr, source)) core.cs = { ...core.cr!, timestamp: source.timestamp! };
    if (core.sr === undefined && endsSpan(core.ss, source)) core.sr = { ...core.ss!, timestamp: source.timestamp! };
    this.#rpc();
    this.#messaging();
  }

  #rpc(): void {
    const source = this.#source;
    const { cs, cr, sr, ss } = this.#core;
    if (cs !== undefined && sr !== undefined) {
      this.#setTimes(cs, cr);
      const client = this.#of(cs.endpoint);
      const server = this.#otherHalf(cs, sr, 'CLIENT', 'SERVER');
      server.shared = true;
      // The times of the span are the client's; the server's are in its annotations only.
      server.times(sr.timestamp, ss === undefined ? undefined : ss.timestamp - sr.timestamp);
      if (cr === undefined && source.duration === undefined) client.duration = undefined;
    } else if (cs !== undefined && cr !== undefined) {
      this.#setTimes(cs, cr);
    } else if (sr !== undefined && ss !== undefined) {
      this.#setTimes(sr, ss);
    } else {
      this.#incomplete();
    }
    // v1 has no shared flag: a server that left timing to the client is one that shares the client's span.
    const leftTiming = source.timestamp === undefined || (ss !== undefined && source.duration === undefined);
    if (cs === undefined && sr !== undefined && leftTiming) this.#of(sr.endpoint).shared = true;
  }

  /** Half of a call is missing: what began gives the timestamp, what ended stays an annotation. */
  #incomplete(): void {
    const { cs, cr, sr, ss } = this.#core;
    for (const draft of this.drafts) {
      const [begin, end] = draft.kind === 'CLIENT' ? [cs, cr] : draft.kind === 'SERVER' ? [sr, ss] : [];
      if (begin !== undefined) draft.times(begin.timestamp, undefined);
      if (end !== undefined) draft.annotate(end.timestamp, end.value);
    }
    const { timestamp, duration } = this.#source;
    const first = this.drafts[0]!;
    if (timestamp !== undefined) {
      first.timestamp = timestamp;
      first.duration = duration;
    }
  }

  #messaging(): void {
    const { ms, mr, ws, wr } = this.#core;
    if (ms !== undefined && mr !== undefined) {
      const producer = this.#of(ms.endpoint);
      const consumer = this.#otherHalf(ms, mr, 'PRODUCER', 'CONSUMER');
      consumer.shared = true;
      if (wr === undefined) consumer.times(mr.timestamp, undefined);
      else consumer.times(wr.timestamp, mr.timestamp - wr.timestamp);
      producer.times(ms.timestamp, ws === undefined ? 0 : ws.timestamp - ms.timestamp);
    } else if (ms !== undefined) {
      this.#setTimes(ms, ws);
    } else if (mr !== undefined) {
      if (wr === undefined) this.#setTimes(mr, undefined);
      else this.#setTimes(wr, mr);
    } else {
      for (const wire of [ws, wr]) if (wire !== undefined) this.#of(wire.endpoint).annotate(wire.timestamp, wire.value);
    }
  }

  /** The span's own times when it has both, else those of its annotations. */
  #setTimes(begin: V1Annotation, end: V1Annotation | undefined): void {
    const { timestamp, duration } = this.#source;
    const draft = this.#of(begin.endpoint);
    if (timestamp !== undefined && duration !== undefined) {
      draft.timestamp = timestamp;
      draft.duration = duration;
    } else {
      draft.times(begin.timestamp, end === undefined ? undefined : end.timestamp - begin.timestamp);
    }
  }

  binaryAnnotations(): void {
    let ca: Endpoint | undefined;
    let sa: Endpoint | undefined;
    let ma: Endpoint | undefined;
    for (const { key, value, endpoint } of this.#source.binaryAnnotations) {
      if (value === undefined) {
        if (key === 'ca') ca = endpoint;
        else if (key === 'sa') sa = endpoint;
        else if (key === 'ma') ma = endpoint;
        continue;
      }
      const draft = this.#of(endpoint);
      // An empty `lc` only says which service a local span belongs to.
      if (key !== 'lc' || value !== '') draft.tag(key, value);
    }
    this.#addresses(ca, sa, ma);
  }

  #addresses(ca: Endpoint | undefined, sa: Endpoint | undefined, ma: Endpoint | undefined): void {
    const { cs, cr, sr, ss, ms, mr } = this.#core;
    const client = cs ?? cr;
    const server = sr ?? ss;
    if (client === undefined && server === undefined && (ca !== undefined || sa !== undefined)) {
      this.#addressesOnly(ca, sa);
      return;
    }
    const peer = server === undefined ? undefined : serverPeer(ca, server.endpoint);
    if (peer !== undefined) this.#of(server!.endpoint).remoteEndpoint = peer;
    if (sa !== undefined && client !== undefined) this.#of(client.endpoint).remoteEndpoint = sa;
    if (ma !== undefined) {
      if (ms !== undefined) this.#of(ms.endpoint).remoteEndpoint = ma;
      if (mr !== undefined) this.#of(mr.endpoint).remoteEndpoint = ma;
    }
  }

  /** A late report of nothing but addresses. A server address alone says little; a client address alone means a server. */
  #addressesOnly(ca: Endpoint | undefined, sa: Endpoint | undefined): void {
    if (ca !== undefined && sa !== undefined) {
      this.#of(ca).remoteEndpoint = sa;
      return;
    }
    const first = this.drafts[0]!;
    if (ca !== undefined) first.kind = 'SERVER';
    first.remoteEndpoint = ca ?? sa;
  }
}

function finish(source: V1Span, draft: Draft, shapes: TagShape): Span {
  const { annotations, keys, values } = draft;
  let tags: Record<string, string> | undefined;
  if (keys !== undefined && values !== undefined) {
    let shape: TagShape | undefined = shapes;
    collector.length = 0;
    for (let i = 0; i < keys.length; i++) {
      shape = shape?.after(keys[i]!);
      collector.add(keys[i]!, values[i]!);
    }
    tags = collector.take(shape);
  }
  return spanOf(
    source.traceId,
    source.parentId,
    source.id,
    draft.kind,
    source.name,
    draft.timestamp,
    draft.duration,
    draft.localEndpoint,
    draft.remoteEndpoint,
    annotations === undefined ? undefined : sortAnnotations(annotations),
    tags,
    source.debug,
    draft.shared,
  );
}

/**
 * The client of a server as its `ca` tells it, if that says anything: Finagle gives the client's socket the server's own name,
 * which would look like a call to itself.
 */
export function serverPeer(ca: Endpoint | undefined, server: Endpoint | undefined): Endpoint | undefined {
  if (ca === undefined || sameEndpoint(ca, server)) return undefined;
  return sameService(ca, server) ? withoutService(ca) : ca;
}

function sameService(a: Endpoint | undefined, b: Endpoint | undefined): boolean {
  return a?.serviceName === b?.serviceName;
}

function withoutService(endpoint: Endpoint): Endpoint | undefined {
  const { serviceName: _, ...rest } = endpoint;
  return Object.keys(rest).length === 0 ? undefined : rest;
}

/** Whether the annotation's time is exactly where the span's own times put its end. */
function endsSpan(end: V1Annotation | undefined, { timestamp, duration }: V1Span): boolean {
  return (
    end !== undefined && timestamp !== undefined && duration !== undefined && timestamp + duration === end.timestamp
  );
}
