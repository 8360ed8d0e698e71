import { TracekinError } from '@tracekin/model';
import { decodeOtlp, decodeSpans, detectFormat, encodeJsonV2, encodeSpans, type Format } from '../src/index.ts';
import type { Fixture } from './fixtures.ts';
import { decodeBothWays } from './spans.ts';

export const FORMATS: readonly Format[] = ['json-v2', 'json-v1', 'thrift', 'proto3', 'otlp-json', 'otlp-proto'];

/** Seeded random numbers in [0, 2^32) (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** Bytes that mean something in one of the encodings. */
const INTERESTING = [
  0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x0b, 0x0c, 0x0d, 0x0f, 0x22, 0x2c, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x30, 0x2d,
  0xc3, 0xed,
];
const TOKENS = [
  'null',
  'true',
  '-1',
  '1e999',
  '9007199254740993',
  '"\\ud800"',
  '[]',
  '{}',
  '"__proto__"',
  '""',
  '0000',
  '\u0000',
  '[[[[',
].map(token => new TextEncoder().encode(token));

/** One to six random edits: bytes set, removed, inserted, tokens inserted, ranges copied, ends cut, inputs spliced. */
export function mutate(source: Uint8Array, other: Uint8Array, random: () => number): Uint8Array {
  let bytes = Array.from(source);
  const below = (bound: number): number => (bound <= 0 ? 0 : random() % bound);
  for (let edits = 1 + below(6); edits > 0; edits--) {
    const at = below(bytes.length);
    switch (below(8)) {
      case 0:
        bytes[at] = below(256);
        break;
      case 1:
        bytes[at] = INTERESTING[below(INTERESTING.length)]!;
        break;
      case 2:
        bytes.splice(at, 1 + below(8));
        break;
      case 3:
        bytes.splice(at, 0, ...TOKENS[below(TOKENS.length)]!);
        break;
      case 4:
        bytes.splice(at, 0, ...bytes.slice(below(bytes.length), below(bytes.length)));
        break;
      case 5:
        bytes = bytes.slice(0, at);
        break;
      case 6:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
        break;
      default:
        bytes = [...bytes.slice(0, at), ...other.subarray(below(other.length))];
    }
    if (bytes.length > 20_000) bytes.length = 20_000;
  }
  return Uint8Array.from(bytes);
}

/**
 * Decodes the bytes and checks what must hold for any input: the result is spans or a TracekinError, what was decoded can be
 * written in every format, and read back from JSON v2 it is the same. Throws a plain Error otherwise.
 */
export function checkAnyInput(bytes: Uint8Array, format: Format): 'decoded' | 'refused' {
  try {
    detectFormat(bytes);
  } catch (error) {
    expectOurError(error);
  }
  let spans: ReturnType<typeof decodeSpans>;
  try {
    if (format === 'otlp-proto' || format === 'otlp-json') spans = decodeOtlp(bytes, format).spans;
    else spans = decodeBothWays(bytes, format);
  } catch (error) {
    expectOurError(error);
    return 'refused';
  }
  const json = encodeSpans(spans, 'json-v2');
  const again = encodeJsonV2(decodeSpans(json, 'json-v2'));
  if (new TextDecoder().decode(json) !== again) throw new Error(`decoding its own encoding gave ${again}`);
  for (const target of FORMATS) encodeSpans(spans, target);
  return 'decoded';
}

function expectOurError(error: unknown): void {
  if (!(error instanceof TracekinError)) throw new Error('not a TracekinError', { cause: error });
  if (error.code !== 'invalid-argument' && error.code !== 'too-large') throw new Error(`unexpected code ${error.code}`);
  if (error.message === '' || error.message.length > 1000)
    throw new Error(`message of ${error.message.length} characters`);
}

/** A random mutation of a random fixture with the format to read it as: mostly its own. */
export function randomCase(fixtures: readonly Fixture[], random: () => number): { bytes: Uint8Array; format: Format } {
  const fixture = fixtures[random() % fixtures.length]!;
  const other = fixtures[random() % fixtures.length]!;
  const format = random() % 10 === 0 ? FORMATS[random() % FORMATS.length]! : fixture.format;
  return { bytes: mutate(fixture.bytes, other.bytes, random), format };
}
