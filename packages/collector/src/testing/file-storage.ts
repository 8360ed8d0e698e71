import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeSpans } from '@tracekin/codec';
import { type Span, TracekinError } from '@tracekin/model';
import type { SpanBatch, Storage } from '@tracekin/storage';
import { jsonBatch } from './json-batch.ts';

/**
 * A storage that survives `kill -9`: a file per batch, named by its id, so that a repeated write changes nothing. It
 * fails now and then, before or after storing, and complains when an id comes back with other spans. With `ownForm` it takes
 * spans a few at a time.
 */
export function fileStorage(directory: string, failureRate: number, ownForm = false): Storage {
  const write = async ({ id, spans }: SpanBatch): Promise<void> => {
    await mkdir(directory, { recursive: true });
    const path = join(directory, id);
    const text = Buffer.from(encodeSpans(spans, 'json-v2')).toString();
    const before = await readFile(path, 'utf8').catch(() => undefined);
    if (before !== undefined && before !== text) await writeFile(`${path}.other-spans`, text);
    if (Math.random() < failureRate) throw new TracekinError('unavailable', 'away before storing');
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
    if (Math.random() < failureRate) throw new TracekinError('unavailable', 'away after storing');
  };
  const check = async (): Promise<{ ok: true }> => ({ ok: true });
  const openBatch = ownForm ? () => jsonBatch(write) : undefined;
  const capabilities = { durable: true, deleteTrace: false };
  return { name: 'files', capabilities, write, check, openBatch } as unknown as Storage;
}

/** Ids of all stored spans, one for each time that a span is stored; throws if an id ever came with other spans. */
export async function storedSpanIds(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter(name => !name.endsWith('.part'));
  const bad = names.find(name => name.endsWith('.other-spans'));
  if (bad !== undefined) throw new Error(`${bad}: a batch came back with other spans`);
  const texts = await Promise.all(names.map(name => readFile(join(directory, name), 'utf8')));
  return texts.flatMap(text => (JSON.parse(text) as Span[]).map(({ id }) => id));
}
