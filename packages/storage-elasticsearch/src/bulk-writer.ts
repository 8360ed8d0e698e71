import { setTimeout as sleep } from 'node:timers/promises';
import { TracekinError } from '@tracekin/model';
import type { Cluster } from './cluster.ts';

/** One document to be written; writing it twice leaves one. */
export interface BulkDocument {
  readonly index: string;
  readonly id: string;
  /** JSON without newlines. */
  readonly source: string;
  /** `create` fails with a conflict when the id exists; `index` replaces it. */
  readonly action: 'index' | 'create';
}

/** A document that the cluster will never take, and why. */
export interface Refusal {
  readonly document: BulkDocument;
  readonly status: number;
  readonly reason: string;
}

/** How a bulk ended for the documents that are not stored by it. */
export interface BulkResult {
  readonly refused: readonly Refusal[];
  /** `create` documents whose id was there already. */
  readonly conflicts: readonly BulkDocument[];
}

export interface BulkLimits {
  /** Of one request's body; the servers' own limit is 100 MB, but small ones spread better. */
  readonly maxBodyBytes: number;
  /** Tries of an item that was refused for now (429, 503). */
  readonly attempts: number;
  readonly firstBackOffMs: number;
}

const defaultLimits: BulkLimits = { maxBodyBytes: 4 << 20, attempts: 6, firstBackOffMs: 100 };

interface BulkItem {
  readonly status: number;
  readonly error?: {
    readonly type?: string;
    readonly reason?: string;
    readonly caused_by?: { readonly reason?: string };
  };
}

/**
 * Writes documents in as few requests as the body limit allows. Items that the cluster has no room for now are tried again alone,
 * with a growing pause; when they still are refused the call rejects with `unavailable`, and repeating the whole is safe.
 */
export async function writeBulk(
  cluster: Cluster,
  documents: readonly BulkDocument[],
  options: { readonly pipeline?: string | undefined; readonly limits?: Partial<BulkLimits> } = {},
): Promise<BulkResult> {
  const limits = { ...defaultLimits, ...options.limits };
  const refused: Refusal[] = [];
  const conflicts: BulkDocument[] = [];
  let waiting = documents;
  for (let attempt = 0; waiting.length > 0; attempt += 1) {
    if (attempt === limits.attempts) {
      throw new TracekinError(
        'unavailable',
        `Elasticsearch has no room for ${waiting.length} of ${documents.length} documents (429)`,
        {
          retryAfterMs: 2000,
        },
      );
    }
    if (attempt > 0) await sleep(limits.firstBackOffMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
    const later: BulkDocument[] = [];
    for (const part of split(waiting, limits.maxBodyBytes)) {
      const items = await send(cluster, part, options.pipeline);
      for (const [position, document] of part.entries()) {
        const item = items[position];
        if (item === undefined || item.status === 429 || item.status >= 500) later.push(document);
        else if (item.status === 409 && document.action === 'create') conflicts.push(document);
        else if (item.status >= 400) refused.push({ document, status: item.status, reason: reasonOf(item) });
      }
    }
    waiting = later;
  }
  return { refused, conflicts };
}

async function send(
  cluster: Cluster,
  part: readonly BulkDocument[],
  pipeline: string | undefined,
): Promise<readonly (BulkItem | undefined)[]> {
  const { body } = await cluster.request<{ errors: boolean; items: Readonly<Record<string, BulkItem>>[] }>({
    method: 'POST',
    path: '/_bulk',
    query: { ...(pipeline === undefined ? {} : { pipeline }), filter_path: 'errors,items.*.status,items.*.error' },
    body: part
      .map(
        ({ action, index, id, source }) =>
          `{"${action}":{"_index":"${index}","_id":${JSON.stringify(id)}}}\n${source}\n`,
      )
      .join(''),
  });
  return body.items.map(item => Object.values(item)[0]);
}

function reasonOf(item: BulkItem): string {
  return item.error?.caused_by?.reason ?? item.error?.reason ?? item.error?.type ?? `status ${item.status}`;
}

function* split(documents: readonly BulkDocument[], maxBytes: number): Generator<readonly BulkDocument[]> {
  let from = 0;
  let bytes = 0;
  for (const [position, document] of documents.entries()) {
    const size = document.source.length + document.id.length + document.index.length + 40;
    if (bytes + size > maxBytes && position > from) {
      yield documents.slice(from, position);
      from = position;
      bytes = 0;
    }
    bytes += size;
  }
  yield documents.slice(from);
}
