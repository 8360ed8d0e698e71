import { setTimeout as sleep } from 'node:timers/promises';
import { TracekinError } from '@tracekin/model';
import type { Cluster } from './cluster.ts';
import { withListedTerms } from './joined-terms.ts';

/** One document to be written or deleted; doing it twice is doing it once. */
export interface BulkDocument {
  readonly index: string;
  readonly id: string;
  /** `create` fails with a conflict when the id exists; `index` replaces it; `delete` of a missing one succeeds. */
  readonly action: 'index' | 'create' | 'delete';
  /** JSON without newlines. Not for `delete`. */
  readonly source?: string;
  /** Instead of `source`: the action and the document as they stand in a request, each with its newline. UTF-8. */
  readonly lines?: Buffer;
  /** With `lines`: terms are joined, and the action names the alias of the index (joined-terms.ts). */
  readonly joined?: true;
  /** Only when the document still is this version, else a conflict. */
  readonly version?: DocumentVersion | undefined;
}

/** A version of a document, as a search with `seq_no_primary_term` gives it. */
export interface DocumentVersion {
  readonly seqNo: number;
  readonly primaryTerm: number;
}

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

type Outcome = 'stored' | 'later' | 'conflict' | 'unjoinable' | 'refused' | 'blocked';

/**
 * Writes documents, all of them joined or none, in as few requests as the body limit allows; a request that the cluster calls too large (413) goes in halves, and a
 * document that is too large by itself is refused. Items that the cluster has no room for now are tried again alone,
 * with a growing pause; when they still are refused the call rejects with `unavailable`, and repeating the whole is safe.
 */
export async function writeBulk(
  cluster: Cluster,
  documents: readonly BulkDocument[],
  options: BulkOptions = {},
): Promise<BulkResult> {
  const limits = { ...defaultLimits, ...options.limits };
  const refused: Refusal[] = [];
  const conflicts: BulkDocument[] = [];
  const unjoinable: BulkDocument[] = [];
  let waiting = documents;
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
    for (const part of split(waiting, limits.maxBodyBytes)) {
      const items = await sendParts(cluster, part, options.pipeline);
      for (const [position, document] of part.entries()) {
        const item = items[position] ?? { status: 500, error: { reason: 'the answer lacks it' } };
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
    waiting = later;
  }
  return { refused, conflicts, unjoinable };
}

/**
 * What an item's status means. 413 and 400 blame the document, except for `validation_exception`: the cluster is out of shards and cannot
 * make the index. Other refusals (403 of a missing privilege, 404 of an index that may not be made) are the cluster's state, which an
 * operator changes: the document has to wait.
 */
function outcomeOf({ status, error }: BulkItem, { action, version, joined }: BulkDocument): Outcome {
  if (status < 300 || (status === 404 && action === 'delete')) return 'stored';
  if (status === 409 && (action === 'create' || version !== undefined)) return 'conflict';
  if (status === 404 && joined) return 'unjoinable';
  if (error?.type === 'index_closed_exception' || (status === 403 && error?.type === 'cluster_block_exception')) {
    return 'blocked';
  }
  return status === 413 || (status === 400 && error?.type !== 'validation_exception') ? 'refused' : 'later';
}

/** As `send`, in as many requests as a cluster or a proxy with a low limit wants. */
async function sendParts(
  cluster: Cluster,
  part: readonly BulkDocument[],
  pipeline: string | undefined,
): Promise<readonly (BulkItem | undefined)[]> {
  try {
    return await send(cluster, part, pipeline);
  } catch (error) {
    if (!(error instanceof TracekinError) || error.code !== 'too-large') throw error;
    if (part.length === 1) return [{ status: 413, error: { reason: error.message } }];
    const middle = part.length >> 1;
    const first = await sendParts(cluster, part.slice(0, middle), pipeline);
    return [...first, ...(await sendParts(cluster, part.slice(middle), pipeline))];
  }
}

async function send(
  cluster: Cluster,
  part: readonly BulkDocument[],
  pipeline: string | undefined,
): Promise<readonly (BulkItem | undefined)[]> {
  const { body } = await cluster.request<{ items?: Readonly<Record<string, BulkItem>>[] }>({
    method: 'POST',
    path: '/_bulk',
    query: {
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(part[0]?.joined && { require_alias: true }),
      filter_path: 'items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason',
    },
    body: part[0]?.lines === undefined ? part.map(lines).join('') : Buffer.concat(part.map(bytes)),
  });
  const items = body.items ?? [];
  return part.map((_, position) => Object.values(items[position] ?? {})[0]);
}

function lines({ action, index, id, source, version }: BulkDocument): string {
  const only = version === undefined ? '' : `,"if_seq_no":${version.seqNo},"if_primary_term":${version.primaryTerm}`;
  const head = `{"${action}":{"_index":"${index}","_id":${JSON.stringify(id)}${only}}}\n`;
  return action === 'delete' ? head : `${head}${source}\n`;
}

function bytes(document: BulkDocument): Buffer {
  return document.lines ?? Buffer.from(lines(document));
}

/** The JSON of a document, with listed terms; empty for a deletion. */
export function sourceOf({ source, lines, joined }: BulkDocument): string {
  if (lines === undefined) return source ?? '';
  const document = lines.subarray(lines.indexOf('\n') + 1, lines.length - 1);
  return (joined ? withListedTerms(document) : document).toString();
}

/** A joined document as one with listed terms, to be written to the index itself. */
export function listed(document: BulkDocument): BulkDocument {
  const { index, id, action } = document;
  return { index, id, action, source: sourceOf(document) };
}

function reasonOf(item: BulkItem): string {
  return item.error?.caused_by?.reason ?? item.error?.reason ?? item.error?.type ?? `status ${item.status}`;
}

function* split(documents: readonly BulkDocument[], maxBytes: number): Generator<readonly BulkDocument[]> {
  let from = 0;
  let bytes = 0;
  for (const [position, document] of documents.entries()) {
    const size =
      document.lines?.length ?? (document.source?.length ?? 0) + document.id.length + document.index.length + 40;
    if (bytes + size > maxBytes && position > from) {
      yield documents.slice(from, position);
      from = position;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < documents.length) yield documents.slice(from);
}
