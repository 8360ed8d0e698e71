import { Float64Column, Int32Column, Uint8Column, Uint32Column } from './columns.ts';
import type { Problems } from './problems.ts';
import { parseSpanId, type SpanIdParts } from './span-id.ts';
import { Interner } from './string-table.ts';

/** Kinds as small numbers; 0 is a span of work inside one process. */
export const KINDS = ['', 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'] as const;
export const CLIENT = 1;
export const SERVER = 2;
export const PRODUCER = 3;
export const CONSUMER = 4;

/** Bits of `Records.flags`. */
export const RECORD_HAS_PARENT = 1;
export const RECORD_SHARED = 2;
export const RECORD_DEBUG = 4;
/** The span carries the tag `error`, whatever its value: an empty one counts as well. */
export const RECORD_ERROR = 8;
/** No tag `error`, but an annotation with the value "error": something went wrong on the way and was recovered. */
export const RECORD_ERROR_ANNOTATION = 16;

/**
 * The reported pieces of one or many traces, a column for each field, in the order of arrival. Nothing is merged yet.
 * Rows that belong to record `r` in `tagKey` are `tagEnd[r-1]` to `tagEnd[r]`, and so with annotations.
 */
export class Records {
  readonly idHi: Uint32Column = new Uint32Column();
  readonly idLo: Uint32Column = new Uint32Column();
  readonly parentHi: Uint32Column = new Uint32Column();
  readonly parentLo: Uint32Column = new Uint32Column();
  readonly flags: Uint8Column = new Uint8Column();
  readonly kind: Uint8Column = new Uint8Column();
  /** Epoch µs; 0 is absent. */
  readonly timestamp: Float64Column = new Float64Column();
  /** µs; 0 is absent. */
  readonly duration: Float64Column = new Float64Column();
  /** Number in `endpoints`, -1 absent. */
  readonly endpoint: Int32Column = new Int32Column();
  /** Number in `services`, -1 absent. */
  readonly remoteService: Int32Column = new Int32Column();
  /** Number in `names`, -1 absent. */
  readonly name: Int32Column = new Int32Column();
  /** Number in `traceIds`. */
  readonly trace: Int32Column = new Int32Column();
  /** Byte range of the record's JSON in the source. */
  readonly from: Uint32Column = new Uint32Column();
  readonly to: Uint32Column = new Uint32Column();
  readonly tagEnd: Int32Column = new Int32Column();
  readonly tagKey: Int32Column = new Int32Column();
  readonly tagValue: Int32Column = new Int32Column();
  readonly annotationEnd: Int32Column = new Int32Column();
  /** Epoch µs. */
  readonly annotationTime: Float64Column = new Float64Column();
  readonly annotationValue: Int32Column = new Int32Column();

  readonly services: Interner = new Interner();
  readonly names: Interner = new Interner();
  readonly keys: Interner = new Interner();
  /** Tag values and annotation values. */
  readonly values: Interner = new Interner();
  readonly traceIds: Interner = new Interner();
  readonly endpoints: EndpointTable = new EndpointTable();

  get count(): number {
    return this.flags.length;
  }
}

/** Distinct endpoints: a trace of 100,000 spans has a few dozen. */
export class EndpointTable {
  readonly service: number[] = [];
  readonly ipv4: string[] = [];
  readonly ipv6: string[] = [];
  readonly port: number[] = [];
  readonly #numbers = new Map<string, number>();

  add(service: number, ipv4: string, ipv6: string, port: number): number {
    const key = `${service} ${ipv4} ${ipv6} ${port}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.service.length;
    this.#numbers.set(key, number);
    this.service.push(service);
    this.ipv4.push(ipv4);
    this.ipv6.push(ipv6);
    this.port.push(port);
    return number;
  }
}

type Json = Record<string, unknown>;

const id: SpanIdParts = { hi: 0, lo: 0 };

/**
 * Appends one span of Zipkin JSON v2. Lenient where nothing is lost by it (numeric strings, upper-case ids, tags that
 * are numbers): what a store holds is to be shown, not judged. Returns false, with a problem noted, when the element
 * cannot be a span at all.
 *
 * @param from,to byte range of the element in the source
 */
export function addRecord(records: Records, element: unknown, from: number, to: number, problems: Problems): boolean {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    problems.add('not-a-span', -1, excerpt(element));
    return false;
  }
  const span = element as Json;
  const spanId = span['id'];
  if (typeof spanId !== 'string' || spanId === '') {
    problems.add('not-a-span', -1, excerpt(element));
    return false;
  }
  if (!parseSpanId(spanId, id)) {
    problems.add('bad-id', -1, spanId);
    return false;
  }
  const { hi, lo } = id;
  const traceId = span['traceId'];
  if (typeof traceId !== 'string' || !parseSpanId(traceId, id)) {
    problems.add('bad-id', -1, typeof traceId === 'string' ? traceId : excerpt(element));
    return false;
  }

  let flags = 0;
  const parentId = span['parentId'];
  let parentHi = 0;
  let parentLo = 0;
  if (parentId !== undefined && parentId !== null && parentId !== '') {
    // All zeros means "none", and so does the span's own id (zipkin.md 7.1).
    if (typeof parentId !== 'string' || !parseSpanId(parentId, id))
      problems.add('bad-id', -1, typeof parentId === 'object' ? 'object' : String(parentId));
    else if ((id.hi !== 0 || id.lo !== 0) && (id.hi !== hi || id.lo !== lo)) {
      flags |= RECORD_HAS_PARENT;
      parentHi = id.hi;
      parentLo = id.lo;
    }
  }

  let kind = 0;
  const kindText = span['kind'];
  if (typeof kindText === 'string' && kindText !== '') {
    kind = (KINDS as readonly string[]).indexOf(kindText);
    if (kind < 0) {
      kind = 0;
      problems.add('bad-field', -1, `kind: ${kindText}`);
    }
  }
  if (span['shared'] === true && kind !== CLIENT) flags |= RECORD_SHARED;
  if (span['debug'] === true) flags |= RECORD_DEBUG;
  if (addTags(records, span['tags'], problems)) flags |= RECORD_ERROR;
  if (addAnnotations(records, span['annotations'], problems) && (flags & RECORD_ERROR) === 0)
    flags |= RECORD_ERROR_ANNOTATION;

  records.idHi.push(hi);
  records.idLo.push(lo);
  records.parentHi.push(parentHi);
  records.parentLo.push(parentLo);
  records.flags.push(flags);
  records.kind.push(kind);
  records.timestamp.push(micros(span['timestamp'], 'timestamp', problems));
  records.duration.push(micros(span['duration'], 'duration', problems));
  records.endpoint.push(addEndpoint(records, span['localEndpoint'], 'localEndpoint', problems));
  const remote = span['remoteEndpoint'];
  records.remoteService.push(remote === undefined || remote === null ? -1 : serviceOf(records, remote));
  const name = span['name'];
  records.name.push(typeof name === 'string' && name !== '' ? records.names.intern(name.toLowerCase()) : -1);
  records.trace.push(records.traceIds.intern(normalTraceId(traceId)));
  records.from.push(from);
  records.to.push(to);
  records.tagEnd.push(records.tagKey.length);
  records.annotationEnd.push(records.annotationTime.length);
  return true;
}

/** Padded to 16 or 32; 32 with sixteen zeros in front is the short form (zipkin.md 7.1). */
function normalTraceId(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length <= 16) return lower.padStart(16, '0');
  const padded = lower.padStart(32, '0');
  return padded.startsWith('0000000000000000') ? padded.slice(16) : padded;
}

/** µs as an exact number; 0 when absent or unusable. Numeric text is accepted as Zipkin does. */
function micros(value: unknown, field: string, problems: Problems): number {
  if (value === undefined || value === null) return 0;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number > Number.MAX_SAFE_INTEGER) {
    problems.add('bad-field', -1, `${field}: ${excerpt(value)}`);
    return 0;
  }
  return number > 0 ? Math.trunc(number) : 0;
}

function addEndpoint(records: Records, value: unknown, field: string, problems: Problems): number {
  if (value === undefined || value === null) return -1;
  if (typeof value !== 'object') {
    problems.add('bad-field', -1, `${field}: ${excerpt(value)}`);
    return -1;
  }
  const endpoint = value as Json;
  const service = serviceOf(records, value);
  const ipv4 = textOf(endpoint['ipv4']);
  const ipv6 = textOf(endpoint['ipv6']);
  const port = Number(endpoint['port'] ?? 0) || 0;
  if (service < 0 && ipv4 === '' && ipv6 === '' && port === 0) return -1;
  return records.endpoints.add(service, ipv4, ipv6, port);
}

function serviceOf(records: Records, endpoint: unknown): number {
  const name = (endpoint as Json)['serviceName'];
  return typeof name === 'string' && name !== '' ? records.services.intern(name.toLowerCase()) : -1;
}

/** Says whether one of the tags is `error`. */
function addTags(records: Records, tags: unknown, problems: Problems): boolean {
  if (tags === undefined || tags === null) return false;
  if (typeof tags !== 'object' || Array.isArray(tags)) {
    problems.add('bad-field', -1, `tags: ${excerpt(tags)}`);
    return false;
  }
  let error = false;
  for (const key in tags as Json) {
    if (!Object.hasOwn(tags, key)) continue;
    const value = (tags as Json)[key];
    records.tagKey.push(records.keys.intern(key));
    records.tagValue.push(records.values.intern(typeof value === 'string' ? value : excerpt(value)));
    if (key === 'error') error = true;
  }
  return error;
}

/** Says whether one of the annotations is "error". */
function addAnnotations(records: Records, annotations: unknown, problems: Problems): boolean {
  if (annotations === undefined || annotations === null) return false;
  if (!Array.isArray(annotations)) {
    problems.add('bad-field', -1, `annotations: ${excerpt(annotations)}`);
    return false;
  }
  let error = false;
  for (const item of annotations) {
    const value: unknown = item?.value;
    const time = Number(item?.timestamp);
    if (typeof value !== 'string' || !Number.isFinite(time)) {
      problems.add('bad-field', -1, `annotations: ${excerpt(item)}`);
      continue;
    }
    records.annotationTime.push(time);
    records.annotationValue.push(records.values.intern(value));
    if (value === 'error') error = true;
  }
  return error;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function excerpt(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  try {
    return JSON.stringify(value)?.slice(0, 400) ?? '';
  } catch {
    return '';
  }
}
