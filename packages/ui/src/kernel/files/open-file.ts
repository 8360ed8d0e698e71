import { fromJaeger, isJaeger } from './jaeger.ts';
import { asObject, type JsonObject } from './json-value.ts';
import { fromOtlp, isOtlp } from './otlp.ts';
import { fromZipkinV1, isZipkinV1 } from './zipkin-v1.ts';

export type FileFormat = 'zipkin-v2' | 'zipkin-v1' | 'otlp' | 'jaeger';

export interface OpenedFile {
  readonly format: FileFormat;
  /** Zipkin JSON v2, for `SpanReader`. Not checked: what is wrong in it becomes problems there. */
  readonly bytes: Uint8Array;
}

/**
 * Finds out what a file is and makes Zipkin JSON v2 of it. Files that are no other known format are taken to be v2 as they
 * are, so that a damaged or cut one still shows what is left of it.
 */
export function openFile(bytes: Uint8Array): OpenedFile {
  const text = new TextDecoder().decode(bytes);
  const documents = parseDocuments(text);
  if (documents === undefined) return { format: 'zipkin-v2', bytes };
  const objects = documents.filter(document => !Array.isArray(document)).map(asObject);
  if (objects.some(isOtlp)) return encode('otlp', objects.flatMap(fromOtlp));
  if (objects.some(isJaeger)) return encode('jaeger', objects.flatMap(fromJaeger));
  const spans = documents.length === 1 && Array.isArray(documents[0]) ? documents[0].flat() : documents.flat();
  if (spans.some(span => isZipkinV1(asObject(span)))) {
    return encode(
      'zipkin-v1',
      spans.flatMap(span => (isZipkinV1(asObject(span)) ? fromZipkinV1(asObject(span)) : [asObject(span)])),
    );
  }
  // A single span, or one span a line, is not a list yet.
  if (documents.length !== 1 || !Array.isArray(documents[0])) return encode('zipkin-v2', spans.map(asObject));
  return { format: 'zipkin-v2', bytes };
}

function encode(format: FileFormat, spans: readonly JsonObject[]): OpenedFile {
  return { format, bytes: new TextEncoder().encode(JSON.stringify(spans)) };
}

/** The whole as one JSON text, or each line as one (as collectors write files); undefined when it is neither. */
function parseDocuments(text: string): unknown[] | undefined {
  try {
    return [JSON.parse(text)];
  } catch {
    try {
      const lines = text.split('\n').filter(line => line.trim() !== '');
      return lines.length < 2 ? undefined : lines.map(line => JSON.parse(line) as unknown);
    } catch {
      return undefined;
    }
  }
}
