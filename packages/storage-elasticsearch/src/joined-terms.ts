/**
 * Tracekin's form of `_q`: one text with a separator between the terms, where Zipkin's is a list. A list must be kept out of `_source`,
 * because Zipkin cannot read a document that has it, and filtering costs the cluster a fifth of its time a span; a text, its reader skips. A
 * tokenizer takes the text apart, so both servers' `term` queries find the same as before.
 */

/** DEL: one byte, needs no escape in JSON, and nobody has it in a tag. */
export const separator: string = '\u007f';
/** In place of a separator that is part of a term, and of an empty term. One byte, so that joined terms are never longer than listed ones. */
export const standIn: string = '?';
const separatorByte = 0x7f;
const standInByte = 0x3f;
const [quote, backslash, comma, openList, closeList] = [0x22, 0x5c, 0x2c, 0x5b, 0x5d];

const analyzer = 'tracekin_terms';

/** Of the index settings. Terms have at most 256 characters; of what others write, longer ones are cut instead of refused. */
export const termsAnalysis: { readonly tokenizer: object; readonly analyzer: object } = {
  tokenizer: { [analyzer]: { type: 'char_group', tokenize_on_chars: [separator], max_token_length: 256 } },
  analyzer: { [analyzer]: { type: 'custom', tokenizer: analyzer } },
};

/** The mapping of `_q`. */
export const termsField: { readonly type: string; readonly analyzer: string; readonly [setting: string]: unknown } = {
  type: 'text',
  norms: false,
  index_options: 'docs',
  analyzer,
};

/** What makes texts of the lists that Zipkin writes into an index of this form. */
export const joinPipeline: { readonly id: string; readonly body: object } = {
  id: 'tracekin-join-terms',
  body: {
    description: 'Joins the search terms of spans that Zipkin writes. Indices that Tracekin made need it.',
    processors: [
      // Not ^$: in Java that is in front of a line's end too.
      { gsub: { field: '_q', pattern: `${separator}|\\A\\z`, replacement: standIn, ignore_failure: true } },
      { join: { field: '_q', separator, ignore_failure: true } },
    ],
  },
};

/**
 * An index of this form has it, and joined documents are written through it: should the index be gone and made again by another template, the
 * cluster refuses them instead of indexing all terms as one.
 */
export function joinedAlias(index: string): string {
  return `${index}-tracekin`;
}

/** The terms that find `term` in indices of either form. The caller checks what is found: a stand-in says less. */
export function indexedTerms(term: string): string[] {
  if (term === '') return [term, standIn];
  return term.includes(separator) ? [term, term.replaceAll(separator, standIn)] : [term];
}

/**
 * Turns the JSON list of strings at `from` into one JSON string, in place. Returns its end, which is never beyond the list's. `to` is
 * behind the list's bracket.
 */
export function joinInPlace(bytes: Uint8Array, from: number, to: number): number {
  let end = from;
  let inText = false;
  let startedAt = from;
  for (let at = from + 1; at < to - 1; at++) {
    const byte = bytes[at]!;
    if (byte === quote) {
      // Only the first text's start and the last one's end stay.
      if (!inText && end === from) bytes[end++] = quote;
      else if (!inText) bytes[end++] = separatorByte;
      else if (at === startedAt + 1) bytes[end++] = standInByte;
      inText = !inText;
      startedAt = at;
    } else if (!inText) continue;
    else if (byte === separatorByte) bytes[end++] = standInByte;
    else {
      bytes[end++] = byte;
      if (byte === backslash) bytes[end++] = bytes[++at]!;
    }
  }
  bytes[end++] = quote;
  return end;
}

/** What stands in front of the terms of a document, and the first character of these. */
const beforeTerms = /^\{(?:"timestamp_millis":\d+,)?"_q":(?=")/;
const longestBefore = 64;

/** The other way: a document (a JSON text) with joined terms as it is with listed ones. */
export function withListedTerms(document: Buffer): Buffer {
  const from = beforeTerms.exec(document.toString('latin1', 0, longestBefore))?.[0].length;
  if (from === undefined) return document;
  let separators = 0;
  let end = from + 1;
  for (; document[end] !== quote; end++) {
    if (document[end] === separatorByte) separators += 1;
    else if (document[end] === backslash) end += 1;
  }
  end += 1;
  const listed = Buffer.allocUnsafe(document.length + 2 + 2 * separators);
  let at = document.copy(listed, 0, 0, from);
  listed[at++] = openList;
  for (let next = from; next < end; next++) {
    const byte = document[next]!;
    if (byte === separatorByte) {
      listed[at++] = quote;
      listed[at++] = comma;
      listed[at++] = quote;
    } else listed[at++] = byte;
  }
  listed[at++] = closeList;
  document.copy(listed, at, end);
  return listed;
}
