import type { Filter } from './filter.ts';
import { filterText } from './filter.ts';
import { parseFilterText } from './filter-text.ts';

/** What is known for completing; empty lists while it is being fetched. */
export interface KnownNames {
  readonly services: readonly string[];
  /** Of the chosen service. */
  readonly spanNames: readonly string[];
  readonly remoteServices: readonly string[];
  readonly tagKeys: readonly string[];
  /** Values of the tag key that is being typed. */
  readonly tagValues: readonly string[];
}

/** A line below the filter box: a whole filter, or the beginning of one that is put into the box. */
export interface Suggestion {
  readonly id: string;
  readonly text: string;
  /** A key of the search catalog's `hints`. */
  readonly hint: 'service' | 'span' | 'remote' | 'min' | 'max' | 'error' | 'tag' | 'word' | 'typed';
  readonly filters?: readonly Filter[];
  /** Text for the box, when more has to be typed. */
  readonly insert?: string;
}

const MOST = 50;
const STARTS: readonly Suggestion[] = [
  { id: 'service:', text: 'service:', insert: 'service:', hint: 'service' },
  { id: 'span:', text: 'span:', insert: 'span:', hint: 'span' },
  { id: 'remote:', text: 'remote:', insert: 'remote:', hint: 'remote' },
  { id: 'duration>', text: 'duration>', insert: 'duration>', hint: 'min' },
  { id: 'duration<', text: 'duration<', insert: 'duration<', hint: 'max' },
];
const DURATIONS = ['1ms', '10ms', '100ms', '500ms', '1s', '5s'];

/** The key of a tag whose value is being typed, for asking the server for values; '' when there is none. */
export function typedTagKey(typed: string): string {
  return /^([^\s=:"<>]+)=/.exec(typed.trimStart())?.[1] ?? '';
}

/** Lines for what has been typed so far. The server's lists only help: any value may be typed (zipkin#2141). */
export function suggest(typed: string, filters: readonly Filter[], known: KnownNames): Suggestion[] {
  const query = typed.trim();
  const value = /^(service|span|remote)[:=](.*)$/i.exec(query);
  if (value !== null) return suggestValues(value[1]!.toLowerCase() as 'service' | 'span' | 'remote', value[2]!, known);
  const duration = /^duration([<>])=?(.*)$/i.exec(query);
  if (duration !== null) return suggestDurations(duration[1]!, duration[2]!);
  const key = typedTagKey(query);
  if (key !== '') return suggestTagValues(key, query.slice(key.length + 1), known.tagValues);
  return suggestAnything(query, filters, known);
}

const FIELD = { service: 'serviceName', span: 'spanName', remote: 'remoteServiceName' } as const;

function suggestValues(name: 'service' | 'span' | 'remote', typed: string, known: KnownNames): Suggestion[] {
  const names = name === 'service' ? known.services : name === 'span' ? known.spanNames : known.remoteServices;
  const plain = typed.replaceAll('"', '').toLowerCase();
  const found = containing(names, plain).map(value => whole({ field: FIELD[name], value }, name));
  if (plain === '' || names.includes(plain)) return found;
  return [...found, whole({ field: FIELD[name], value: plain }, name)];
}

function suggestDurations(operator: string, typed: string): Suggestion[] {
  const texts = typed.trim() === '' ? DURATIONS : [typed, ...(/^\d+$/.test(typed) ? [`${typed}ms`, `${typed}s`] : [])];
  return texts.flatMap(text => {
    const [filter] = parseFilterText(`duration${operator}${text}`).filters;
    return filter === undefined ? [] : [whole(filter, operator === '>' ? 'min' : 'max')];
  });
}

function suggestTagValues(key: string, typed: string, values: readonly string[]): Suggestion[] {
  const plain = typed.replaceAll('"', '');
  const found = containing(values, plain.toLowerCase()).map(value => whole({ field: 'tag', key, value }, 'tag'));
  return values.includes(plain) ? found : [...found, whole({ field: 'tag', key, value: plain }, 'tag')];
}

function suggestAnything(query: string, filters: readonly Filter[], known: KnownNames): Suggestion[] {
  const plain = query.toLowerCase();
  const free = (field: Filter['field']): boolean => !filters.some(filter => filter.field === field);
  const lines: Suggestion[] = STARTS.filter(({ text }) => text.startsWith(plain));
  if ('error'.startsWith(plain)) lines.push(whole({ field: 'word', value: 'error' }, 'error'));
  for (const key of containing(known.tagKeys, plain))
    lines.push({ id: `${key}=`, text: `${key}=`, insert: `${key}=`, hint: 'tag' });
  if (plain !== '' || free('serviceName')) {
    for (const value of containing(known.services, plain))
      lines.push(whole({ field: 'serviceName', value }, 'service'));
  }
  if (plain !== '' || free('spanName')) {
    for (const value of containing(known.spanNames, plain)) lines.push(whole({ field: 'spanName', value }, 'span'));
  }
  if (plain !== '') {
    for (const value of containing(known.remoteServices, plain))
      lines.push(whole({ field: 'remoteServiceName', value }, 'remote'));
  }
  const shown = lines.slice(0, MOST - 1);
  if (query === '' || plain === 'error') return shown;
  const typed = parseFilterText(query);
  if (typed.problems.length > 0 || typed.filters.length === 0) return shown;
  return [
    ...shown,
    { id: 'typed', text: query, filters: typed.filters, hint: typed.filters.length > 1 ? 'typed' : 'word' },
  ];
}

function whole(filter: Filter, hint: Suggestion['hint']): Suggestion {
  const text = filterText(filter);
  return { id: `= ${text}`, text, filters: [filter], hint };
}

/** Those that begin with the text, then those that contain it. */
function containing(names: readonly string[], text: string): string[] {
  const begins: string[] = [];
  const contains: string[] = [];
  for (const name of names) {
    const at = name.toLowerCase().indexOf(text);
    if (at === 0) begins.push(name);
    else if (at > 0) contains.push(name);
    if (begins.length === MOST) break;
  }
  return [...begins, ...contains].slice(0, MOST);
}
