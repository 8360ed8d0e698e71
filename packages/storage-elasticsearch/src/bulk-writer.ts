import { setTimeout as sleep } from 'node:timers/promises';
import { TracekinError } from '@tracekin/model';
import { type BulkDocument, type BulkDocuments, ListedDocuments } from './bulk-document.ts';
import type { Cluster } from './cluster.ts';

/** A document that the cluster will never take, or not as long as its index is closed or blocked, and why. */
export interface Refusal {
  readonly document: BulkDocument;
  readonly status: number;
  readonly reason: string;
  /** The index takes no writes (closed, read-only), whatever the document. */
  readonly blocked: boolean;
}

/** How a bulk ended for the documents that are not stored by it. */
export interface BulkResult {
  readonly refused: readonly Refusal[];
  /** `create` documents whose id was there already, and those whose version has changed. */
  readonly conflicts: readonly BulkDocument[];
  /** Joined documents whose index has no alias for them. */
  readonly unjoinable: readonly BulkDocument[];
}

export interface BulkOptions {
  /** Ingest pipeline. */
  readonly pipeline?: string | undefined;
  readonly limits?: Partial<BulkLimits>;
}

export interface BulkLimits {
  /** Of one request's body; the servers' own limit is 100 MB, but small ones spread better. */
  readonly maxBodyBytes: number;
  /** Tries of an item that was refused for now (429, 5xx). */
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

interface BulkAnswer {
  /** False: every document is stored, and `items` need not be looked at. */
  readonly errors?: boolean;
  readonly items?: readonly Readonly<Record<string, BulkItem>>[];
}

type Outcome = 'stored' | 'later' | 'conflict' | 'unjoinable' | 'refused' | 'blocked';

/**
 * Writes documents, all of them joined or none, in as few requests as the body limit allows; a request that the cluster calls too large (413) goes in halves, and a
 * document that is too large by itself is refused. Items that the cluster has no room for now are tried again alone,
 * with a growing pause; when they still are refused the call rejects with `unavailable`, and repeating the whole is safe.
 */
export async function writeBulk(
  cluster: Cluster,
  documents: readonly BulkDocument[] | BulkDocuments,
  options: BulkOptions = {},
): Promise<BulkResult> {
  const limits = { ...defaultLimits, ...options.limits };
  const refused: Refusal[] = [];
  const conflicts: BulkDocument[] = [];
  const unjoinable: BulkDocument[] = [];
  let waiting: BulkDocuments = 'body' in documents ? documents : new ListedDocuments(documents);
  let reason = '';
  for (let attempt = 0; waiting.length > 0; attempt += 1) {
    if (attempt === limits.attempts) {
      throw new TracekinError(
        'unavailable',
        `Elasticsearch does not take ${waiting.length} of ${documents.length} documents now: ${reason}`,
        { retryAfterMs: 2000 },
      );
    }
    if (attempt > 0) await sleep(limits.firstBackOffMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
    const later: BulkDocument[] = [];
    for (const { from, to } of split(waiting, limits.maxBodyBytes)) {
      const items = await sendParts(cluster, waiting, from, to, options.pipeline);
      if (items === allStored) continue;
      for (let place = from; place < to; place += 1) {
        const item = items[place - from] ?? { status: 500, error: { reason: 'the answer lacks it' } };
        if (item.status < 300) continue;
        const document = waiting.at(place);
        const outcome = outcomeOf(item, document);
        if (outcome === 'stored') continue;
        if (outcome === 'conflict') conflicts.push(document);
        else if (outcome === 'unjoinable') unjoinable.push(document);
        else if (outcome === 'later') {
          later.push(document);
          reason = reasonOf(item);
        } else {
          refused.push({ document, status: item.status, reason: reasonOf(item), blocked: outcome === 'blocked' });
        }
      }
    }
    waiting = new ListedDocuments(later);
  }
  return { refused, conflicts, unjoinable };
}

/**
 * What the status of an item that is not stored means. 413 and 400 blame the document, except for `validation_exception`: the cluster is out of shards and cannot
 * make the index. Other refusals (403 of a missing privilege, 404 of an index that may not be made) are the cluster's state, which an
 * operator changes: the document has to wait.
 */
function outcomeOf({ status, error }: BulkItem, { action, version, joined }: BulkDocument): Outcome {
  if (status === 404 && action === 'delete') return 'stored';
  if (status === 409 && (action === 'create' || version !== undefined)) return 'conflict';
  if (status === 404 && joined) return 'unjoinable';
  if (error?.type === 'index_closed_exception' || (status === 403 && error?.type === 'cluster_block_exception')) {
    return 'blocked';
  }
  return status === 413 || (status === 400 && error?.type !== 'validation_exception') ? 'refused' : 'later';
}

type Items = readonly (BulkItem | undefined)[];

const allStored: Items = [];

/** As `send`, in as many requests as a cluster or a proxy with a low limit wants. */
async function sendParts(
  cluster: Cluster,
  documents: BulkDocuments,
  from: number,
  to: number,
  pipeline: string | undefined,
): Promise<Items> {
  try {
    return await send(cluster, documents, from, to, pipeline);
  } catch (error) {
    if (!(error instanceof TracekinError) || error.code !== 'too-large') throw error;
    if (to - from === 1) return [{ status: 413, error: { reason: error.message } }];
    const middle = (from + to) >> 1;
    const first = await sendParts(cluster, documents, from, middle, pipeline);
    const second = await sendParts(cluster, documents, middle, to, pipeline);
    return [...spread(first, middle - from), ...spread(second, to - middle)];
  }
}

const stored: BulkItem = { status: 200 };

function spread(items: Items, count: number): Items {
  return items === allStored ? new Array<BulkItem>(count).fill(stored) : items;
}

async function send(
  cluster: Cluster,
  documents: BulkDocuments,
  from: number,
  to: number,
  pipeline: string | undefined,
): Promise<Items> {
  const { text, done } = documents.body(from, to);
  const { status, body } = await cluster.request<BulkAnswer>({
    method: 'POST',
    path: '/_bulk',
    query: {
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(documents.joined && { require_alias: true }),
      filter_path: 'errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason',
    },
    body: text,
  });
  // Whoever refuses a request may not have read it.
  if (status === 200) done?.();
  if (body.errors === false) return allStored;
  const items = body.items ?? [];
  return Array.from({ length: to - from }, (_, position) => Object.values(items[position] ?? {})[0]);
}

function reasonOf(item: BulkItem): string {
  return item.error?.caused_by?.reason ?? item.error?.reason ?? item.error?.type ?? `status ${item.status}`;
}

function* split(documents: BulkDocuments, maxBytes: number): Generator<{ from: number; to: number }> {
  let from = 0;
  let bytes = 0;
  for (let place = 0; place < documents.length; place += 1) {
    const size = documents.size(place);
    if (bytes + size > maxBytes && place > from) {
      yield { from, to: place };
      from = place;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < documents.length) yield { from, to: documents.length };
}
