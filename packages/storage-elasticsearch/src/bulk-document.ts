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

/** Documents that a request is made of, by their places: made into objects only where one is looked at. */
export interface BulkDocuments {
  readonly length: number;
  /** Whether terms are joined, of all of them or of none. */
  readonly joined: boolean;
  /** Bytes in a request, about. */
  size(place: number): number;
  at(place: number): BulkDocument;
  /** Those from `from` up to `to` as a request's body. */
  body(from: number, to: number): RequestBody;
}

/** NDJSON. */
export interface RequestBody {
  readonly text: string | Buffer;
  /** Call when the cluster has read it all: its memory may be used again. */
  readonly done?: (() => void) | undefined;
}

/** A list of objects as documents of a request. */
export class ListedDocuments implements BulkDocuments {
  readonly #list: readonly BulkDocument[];

  constructor(list: readonly BulkDocument[]) {
    this.#list = list;
  }

  get length(): number {
    return this.#list.length;
  }

  get joined(): boolean {
    return this.#list[0]?.joined === true;
  }

  size(place: number): number {
    const { lines, source, id, index } = this.#list[place]!;
    return lines?.length ?? (source?.length ?? 0) + id.length + index.length + 40;
  }

  at(place: number): BulkDocument {
    return this.#list[place]!;
  }

  body(from: number, to: number): RequestBody {
    const part = this.#list.slice(from, to);
    return { text: part[0]?.lines === undefined ? part.map(textLines).join('') : Buffer.concat(part.map(byteLines)) };
  }
}

function textLines({ action, index, id, source, version }: BulkDocument): string {
  const only = version === undefined ? '' : `,"if_seq_no":${version.seqNo},"if_primary_term":${version.primaryTerm}`;
  const head = `{"${action}":{"_index":"${index}","_id":${JSON.stringify(id)}${only}}}\n`;
  return action === 'delete' ? head : `${head}${source}\n`;
}

function byteLines(document: BulkDocument): Buffer {
  return document.lines ?? Buffer.from(textLines(document));
}
