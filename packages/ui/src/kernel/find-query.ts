import { parseDuration } from './duration-text.ts';

/** One condition of a find text; all conditions must hold on the same span. */
export type Term =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'regex'; readonly regex: RegExp }
  | { readonly type: 'tag'; readonly key: string; readonly value: string }
  | { readonly type: 'field'; readonly field: 'service' | 'name' | 'kind' | 'id'; readonly value: string }
  | { readonly type: 'duration' | 'self' | 'start'; readonly than: '>' | '<'; readonly micros: number }
  | { readonly type: 'error' };

export interface NegatableTerm {
  readonly negated: boolean;
  readonly term: Term;
}

export type FindQuery =
  | { readonly ok: true; readonly terms: readonly NegatableTerm[] }
  /** A regular expression that does not compile; `message` is the browser's. */
  | { readonly ok: false; readonly message: string };

const MEASURES: Readonly<Record<string, 'duration' | 'self' | 'start'>> = {
  dur: 'duration',
  duration: 'duration',
  self: 'self',
  start: 'start',
};
const FIELDS = new Set(['service', 'name', 'kind', 'id']);

/**
 * Reads what is typed in the find box.
 *
 * query := term*                       separated by spaces, all of them must hold
 * term  := `-`? ( `/`regex`/` | `"`text`"` | `error` | key`=`value | (`dur`|`self`|`start`)(`>`|`<`)duration | text )
 *
 * `key` may be service, name, kind, id or any tag; an empty value means the tag is there. Text matches anywhere in the
 * name, services, tags, annotations and ids, whatever the case. A lone duration term that is not finished (`dur>`) is text.
 */
export function parseFind(text: string): FindQuery {
  const terms: NegatableTerm[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ') {
      at++;
      continue;
    }
    let negated = false;
    if (text[at] === '-' && at + 1 < text.length && text[at + 1] !== ' ') {
      negated = true;
      at++;
    }
    if (text[at] === '/') {
      const end = closingSlash(text, at + 1);
      if (end > at + 1) {
        try {
          terms.push({ negated, term: { type: 'regex', regex: new RegExp(text.slice(at + 1, end), 'i') } });
        } catch (error) {
          return { ok: false, message: error instanceof Error ? error.message : String(error) };
        }
        at = end + 1;
        continue;
      }
    }
    const word = readWord(text, at);
    at = word.end;
    if (word.text !== '') terms.push({ negated, term: toTerm(word.text, word.equals) });
  }
  return { ok: true, terms };
}

/** A slash in the middle of a word, as in a path, does not end an expression: the closing one is followed by a space. */
function closingSlash(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '/' && (i + 1 === text.length || text[i + 1] === ' ')) return i;
  }
  return -1;
}

/** Up to the next space outside double quotes. `equals` is the place of the first `=` outside quotes, -1 for none. */
function readWord(text: string, from: number): { text: string; end: number; equals: number } {
  let word = '';
  let quoted = false;
  let equals = -1;
  let at = from;
  for (; at < text.length; at++) {
    const c = text[at] as string;
    if (c === '"') quoted = !quoted;
    else if (c === ' ' && !quoted) break;
    else {
      if (c === '=' && !quoted && equals < 0) equals = word.length;
      word += c;
    }
  }
  return { text: word, end: at, equals };
}

function toTerm(word: string, equals: number): Term {
  if (word === 'error') return { type: 'error' };
  const measure = /^(\w+)([<>])=?(.+)$/.exec(word);
  if (measure !== null) {
    const type = MEASURES[(measure[1] as string).toLowerCase()];
    const micros = parseDuration(measure[3] as string);
    if (type !== undefined && !Number.isNaN(micros)) return { type, than: measure[2] as '>' | '<', micros };
  }
  if (equals > 0) {
    const key = word.slice(0, equals);
    const value = word.slice(equals + 1);
    if (FIELDS.has(key))
      return { type: 'field', field: key as 'service' | 'name' | 'kind' | 'id', value: value.toLowerCase() };
    return { type: 'tag', key, value };
  }
  return { type: 'text', text: word.toLowerCase() };
}
