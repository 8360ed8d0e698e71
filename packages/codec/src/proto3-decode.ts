import {
  type Annotation,
  type Endpoint,
  type Kind,
  makeEndpoint,
  normalizeMicros,
  normalizeParentId,
  normalizePort,
  normalizeSpanId,
  normalizeTraceId,
  parseIpBytes,
  type Span,
  sortAnnotations,
} from '@tracekin/model';
import { ByteRangeCache } from './byte-range-cache.ts';
import type { DecodeLimits } from './format.ts';
import { hexOf, hexOfEight, hexOfSixteen, isZero } from './hex-bytes.ts';
import { checkSpanCount } from './limits.ts';
import { ProtoReader } from './proto-reader.ts';
import { reading, refuse } from './refuse.ts';
import { spanOf } from './span-of.ts';
import { binaryTagShapes, TagCollector, type TagShape } from './tag-shapes.ts';
import { cachedName, cachedText } from './text-cache.ts';

/** Field keys: number times 8 plus wire type. */
const LIST_SPAN = 0x0a;
const TRACE_ID = 0x0a;
const PARENT_ID = 0x12;
const ID = 0x1a;
const KIND = 0x20;
const NAME = 0x2a;
const TIMESTAMP = 0x31;
const DURATION = 0x38;
const LOCAL_ENDPOINT = 0x42;
const REMOTE_ENDPOINT = 0x4a;
const ANNOTATION = 0x52;
const TAG = 0x5a;
const DEBUG = 0x60;
const SHARED = 0x68;

const KINDS: readonly (Kind | undefined)[] = [undefined, 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'];

/** Endpoint messages by their bytes: 256 entries of up to 128 bytes. */
const endpoints = new ByteRangeCache<Endpoint>(256, 128);
const collector = new TagCollector();

/**
 * A `zipkin.proto3.ListOfSpans` (zipkin.md 7.3); several concatenated ones are one list. Unknown fields are skipped, a kind
 * out of range is none, incomplete annotations and tags without a key are dropped.
 */
export function decodeProto3(bytes: Uint8Array, limits: DecodeLimits): Span[] {
  return reading('proto3', () => {
    const input = new ProtoReader(bytes);
    const shapes = binaryTagShapes();
    const spans: Span[] = [];
    while (input.pos < bytes.length) {
      const key = input.key();
      if (key !== LIST_SPAN) {
        input.skip(key);
        continue;
      }
      const end = input.delimited();
      input.end = end;
      spans.push(readSpan(input, shapes));
      checkSpanCount(spans.length, limits);
      input.end = bytes.length;
    }
    return spans;
  });
}

function readSpan(input: ProtoReader, shapes: TagShape): Span {
  const { bytes, end } = input;
  let traceId: string | undefined;
  let parentId: string | undefined;
  let id: string | undefined;
  let kind: Kind | undefined;
  let name: string | undefined;
  let timestamp: number | undefined;
  let duration: number | undefined;
  let localEndpoint: Endpoint | undefined;
  let remoteEndpoint: Endpoint | undefined;
  let annotations: Annotation[] | undefined;
  let debug = false;
  let shared = false;
  let shape: TagShape | undefined = shapes;
  collector.length = 0;
  while (input.pos < end) {
    const key = input.key();
    switch (key) {
      case TRACE_ID:
        traceId = readTraceId(input);
        break;
      case PARENT_ID:
        parentId = readParentId(input);
        break;
      case ID:
        id = readSpanId(input);
        break;
      case KIND:
        kind = KINDS[input.varint32()];
        break;
      case NAME: {
        const stop = input.delimited();
        name = cachedName(bytes, input.pos, stop);
        input.pos = stop;
        break;
      }
      case TIMESTAMP:
        timestamp = normalizeMicros('timestamp', input.fixed64('timestamp'));
        break;
      case DURATION:
        duration = normalizeMicros('duration', input.varint64('duration'));
        break;
      case LOCAL_ENDPOINT:
        localEndpoint = readEndpoint(input);
        break;
      case REMOTE_ENDPOINT:
        remoteEndpoint = readEndpoint(input);
        break;
      case ANNOTATION: {
        const annotation = readAnnotation(input);
        if (annotation === undefined) break;
        if (annotations === undefined) annotations = [annotation];
        else annotations.push(annotation);
        break;
      }
      case TAG:
        shape = readTag(input, shape);
        break;
      case DEBUG:
        debug = input.varint64('debug') !== 0;
        break;
      case SHARED:
        shared = input.varint64('shared') !== 0;
        break;
      default:
        input.skip(key);
    }
  }
  if (traceId === undefined || id === undefined)
    refuse(`Missing :${traceId === undefined ? ' traceId' : ''}${id === undefined ? ' id' : ''}`);
  return spanOf(
    traceId,
    parentId,
    id,
    kind,
    name,
    timestamp,
    duration,
    localEndpoint,
    remoteEndpoint,
    annotations === undefined ? undefined : sortAnnotations(annotations),
    collector.take(shape),
    debug,
    shared,
  );
}

function readTraceId(input: ProtoReader): string | undefined {
  const { bytes } = input;
  const end = input.delimited();
  const start = input.pos;
  input.pos = end;
  if (end === start) return undefined;
  if (end - start > 16) refuse('traceId.length > 32');
  if (end - start === 16 && !isZero(bytes, start, start + 8)) return hexOfSixteen(bytes, start);
  return normalizeTraceId(hexOf(bytes, start, end));
}

function readSpanId(input: ProtoReader): string | undefined {
  const end = input.delimited();
  const start = input.pos;
  input.pos = end;
  if (end === start) return undefined;
  if (end - start > 8) refuse('id.length > 16');
  if (end - start === 8 && !isZero(input.bytes, start, end)) return hexOfEight(input.bytes, start);
  return normalizeSpanId(hexOf(input.bytes, start, end));
}

function readParentId(input: ProtoReader): string | undefined {
  const end = input.delimited();
  const start = input.pos;
  input.pos = end;
  if (end === start) return undefined;
  if (end - start > 8) refuse('parentId.length > 16');
  if (isZero(input.bytes, start, end)) return undefined;
  return end - start === 8 ? hexOfEight(input.bytes, start) : normalizeParentId(hexOf(input.bytes, start, end), '');
}

/** One entry of the map field: key 1, value 2. The key is usually the one that followed last time. */
function readTag(input: ProtoReader, shape: TagShape | undefined): TagShape | undefined {
  const { bytes } = input;
  const outer = input.end;
  const end = input.delimited();
  input.end = end;
  let keyStart = 0;
  let keyEnd = 0;
  let value = '';
  while (input.pos < end) {
    const key = input.key();
    if (key === 0x0a) {
      keyEnd = input.delimited();
      keyStart = input.pos;
      input.pos = keyEnd;
    } else if (key === 0x12) {
      const stop = input.delimited();
      value = cachedText(bytes, input.pos, stop);
      input.pos = stop;
    } else input.skip(key);
  }
  input.end = outer;
  if (keyStart === keyEnd) return shape;
  const likely = shape?.likely;
  if (likely?.isKey(bytes, keyStart, keyEnd)) {
    collector.add(likely.key, value);
    return likely;
  }
  const key = cachedText(bytes, keyStart, keyEnd);
  collector.add(key, value);
  return shape?.successor(key, bytes, keyStart, keyEnd);
}

function readEndpoint(input: ProtoReader): Endpoint | undefined {
  const end = input.delimited();
  const known = endpoints.get(input.bytes, input.pos, end);
  if (known !== undefined) {
    input.pos = end;
    return known;
  }
  const { bytes, pos: start, end: outer } = input;
  let serviceName: string | undefined;
  let ipv4: string | undefined;
  let ipv6: string | undefined;
  let port: number | undefined;
  input.end = end;
  while (input.pos < end) {
    const key = input.key();
    if (key === 0x0a) {
      const stop = input.delimited();
      serviceName = cachedName(bytes, input.pos, stop);
      input.pos = stop;
    } else if (key === 0x12 || key === 0x1a) {
      const stop = input.delimited();
      const address = parseIpBytes(bytes.subarray(input.pos, stop));
      if (address?.family === 'ipv4') ipv4 = address.text;
      else if (address !== undefined) ipv6 = address.text;
      input.pos = stop;
    } else if (key === 0x20) port = normalizePort(input.varint64('port'));
    else input.skip(key);
  }
  input.end = outer;
  const endpoint = makeEndpoint(serviceName, ipv4, ipv6, port);
  if (endpoint !== undefined) endpoints.set(bytes, start, end, endpoint);
  return endpoint;
}

function readAnnotation(input: ProtoReader): Annotation | undefined {
  const outer = input.end;
  const end = input.delimited();
  input.end = end;
  let timestamp = 0;
  let value: string | undefined;
  while (input.pos < end) {
    const key = input.key();
    if (key === 0x09) timestamp = input.fixed64('annotation.timestamp');
    else if (key === 0x12) {
      const stop = input.delimited();
      value = cachedText(input.bytes, input.pos, stop);
      input.pos = stop;
    } else input.skip(key);
  }
  input.end = outer;
  return timestamp <= 0 || value === undefined ? undefined : { timestamp, value };
}
