import { formatHex64 } from '@tracekin/codec';
import { type Annotation, makeSpan, type Span, setTag, TracekinError } from '@tracekin/model';
import type { Block, Column } from '../native/decode-blocks.ts';
import { parseEndpoint } from '../write/endpoint-text.ts';
import { splitKeys } from '../write/key-shapes.ts';
import { DEBUG, kindOf, LONG_TRACE_ID, SHARED } from '../write/span-flags.ts';

/** What `spansFromBlocks` needs, in any order. */
export const SPAN_COLUMNS: readonly string[] = [
  'trace_low',
  'trace_high',
  'id',
  'parent_id',
  'flags',
  'timestamp',
  'duration',
  'service',
  'name',
  'remote',
  'local_address',
  'remote_address',
  'tag_keys',
  'tag_values',
  'annotation_times',
  'annotation_values',
];

/** Rows of table `spans` as the spans that were written. */
export function spansFromBlocks(blocks: readonly Block[]): Span[] {
  const spans: Span[] = [];
  const keysOf = new Map<string, readonly string[]>();
  for (const block of blocks) readBlock(block, spans, keysOf);
  return spans;
}

function readBlock(block: Block, spans: Span[], keysOf: Map<string, readonly string[]>): void {
  const traceLow = uint64Column(block, 'trace_low');
  const traceHigh = uint64Column(block, 'trace_high');
  const id = uint64Column(block, 'id');
  const parentId = uint64Column(block, 'parent_id');
  const flags = numberColumn(block, 'flags');
  const timestamp = uint64Column(block, 'timestamp');
  const duration = uint64Column(block, 'duration');
  const service = stringColumn(block, 'service');
  const name = stringColumn(block, 'name');
  const remote = stringColumn(block, 'remote');
  const localAddress = stringColumn(block, 'local_address');
  const remoteAddress = stringColumn(block, 'remote_address');
  const tagKeys = stringColumn(block, 'tag_keys');
  const tagValues = arrayColumn(block, 'tag_values');
  const annotationTimes = arrayColumn(block, 'annotation_times');
  const annotationValues = arrayColumn(block, 'annotation_values');
  const tagTexts = texts(tagValues.items);
  const annotationTexts = texts(annotationValues.items);
  const annotationWords = words(annotationTimes.items);
  let traceId = '';
  for (let row = 0; row < block.rows; row++) {
    const bits = flags[row]!;
    if (row === 0 || !isSameTrace(row, flags, traceLow, traceHigh)) {
      const low = hexAt(traceLow, row);
      traceId = bits & LONG_TRACE_ID ? hexAt(traceHigh, row) + low : low;
    }
    const start = numberAt(timestamp, row);
    const took = numberAt(duration, row);
    const span = makeSpan(
      traceId,
      parentId[row * 2] === 0 && parentId[row * 2 + 1] === 0 ? undefined : hexAt(parentId, row),
      hexAt(id, row),
      kindOf(bits),
      name[row] === '' ? undefined : name[row],
      start === 0 ? undefined : start,
      took === 0 ? undefined : took,
      parseEndpoint(service[row]!, localAddress[row]!),
      parseEndpoint(remote[row]!, remoteAddress[row]!),
      annotationsAt(row, annotationTimes.ends, annotationWords, annotationTexts),
      tagsAt(row, keysAt(keysOf, tagKeys[row]!), tagValues.ends, tagTexts),
      (bits & DEBUG) !== 0,
      (bits & SHARED) !== 0,
    );
    spans.push(span);
  }
}

/** Whether a row has the trace id of the one before. */
function isSameTrace(row: number, flags: ArrayLike<number>, low: Uint32Array, high: Uint32Array): boolean {
  const at = row * 2;
  return (
    low[at] === low[at - 2] &&
    low[at + 1] === low[at - 1] &&
    high[at] === high[at - 2] &&
    high[at + 1] === high[at - 1] &&
    (flags[row]! & LONG_TRACE_ID) === (flags[row - 1]! & LONG_TRACE_ID)
  );
}

function keysAt(keysOf: Map<string, readonly string[]>, text: string): readonly string[] {
  let keys = keysOf.get(text);
  if (keys === undefined) {
    keys = splitKeys(text);
    keysOf.set(text, keys);
  }
  return keys;
}

function tagsAt(
  row: number,
  keys: readonly string[],
  ends: Uint32Array,
  values: readonly string[],
): Record<string, string> | undefined {
  if (keys.length === 0) return undefined;
  const first = row === 0 ? 0 : ends[row - 1]!;
  const tags: Record<string, string> = {};
  for (let i = 0; i < keys.length; i++) setTag(tags, keys[i]!, values[first + i]!);
  return tags;
}

function annotationsAt(
  row: number,
  ends: Uint32Array,
  times: Uint32Array,
  values: readonly string[],
): Annotation[] | undefined {
  const first = row === 0 ? 0 : ends[row - 1]!;
  const end = ends[row]!;
  if (first === end) return undefined;
  const annotations: Annotation[] = [];
  for (let i = first; i < end; i++) annotations.push({ timestamp: numberAt(times, i), value: values[i]! });
  return annotations;
}

export function hexAt(words: Uint32Array, row: number): string {
  return formatHex64(words[row * 2 + 1]!, words[row * 2]!);
}

export function numberAt(words: Uint32Array, row: number): number {
  return words[row * 2 + 1]! * 0x1_0000_0000 + words[row * 2]!;
}

export function uint64Column(block: Block, name: string): Uint32Array {
  return words(column(block, name));
}

export function numberColumn(block: Block, name: string): ArrayLike<number> {
  const found = column(block, name);
  if (found.kind !== 'number') throw unexpected(name);
  return found.values;
}

export function stringColumn(block: Block, name: string): readonly string[] {
  return texts(column(block, name));
}

export function arrayColumn(block: Block, name: string): Extract<Column, { kind: 'array' }> {
  const found = column(block, name);
  if (found.kind !== 'array') throw unexpected(name);
  return found;
}

function column(block: Block, name: string): Column {
  const found = block.columns.get(name);
  if (found === undefined) throw unexpected(name);
  return found;
}

function texts(found: Column): readonly string[] {
  if (found.kind !== 'string') throw unexpected(found.kind);
  return found.values;
}

function words(found: Column): Uint32Array {
  if (found.kind !== 'uint64') throw unexpected(found.kind);
  return found.words;
}

function unexpected(what: string): TracekinError {
  return new TracekinError('unavailable', `ClickHouse answered without the column that was asked for: ${what}`);
}
