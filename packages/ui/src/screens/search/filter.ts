import { formatZipkinDuration, parseDurationText } from './duration-value.ts';

/** One criterion of a search, as the reader sees it. All must hold for one and the same span. */
export type Filter =
  | { readonly field: 'serviceName' | 'spanName' | 'remoteServiceName'; readonly value: string }
  /** Microseconds. */
  | { readonly field: 'minDuration' | 'maxDuration'; readonly micros: number }
  | { readonly field: 'tag'; readonly key: string; readonly value: string }
  /** A word that is an annotation's text or a tag's key. */
  | { readonly field: 'word'; readonly value: string };

export type FilterField = Filter['field'];

/** Adds one. A field that Zipkin knows once, and a tag with the same key, is replaced in its place. */
export function addFilter(filters: readonly Filter[], added: Filter): Filter[] {
  const at = filters.findIndex(filter => isSameCriterion(filter, added));
  return at < 0 ? [...filters, added] : filters.with(at, added);
}

function isSameCriterion(a: Filter, b: Filter): boolean {
  if (a.field === 'tag' && b.field === 'tag') return a.key === b.key;
  if (a.field === 'word' && b.field === 'word') return a.value === b.value;
  return a.field === b.field && a.field !== 'tag' && a.field !== 'word';
}

/** The value that a filter of this field has, '' when there is none. */
export function filterValue(
  filters: readonly Filter[],
  field: 'serviceName' | 'spanName' | 'remoteServiceName',
): string {
  const found = filters.find(filter => filter.field === field);
  return found !== undefined && 'value' in found ? found.value : '';
}

/** As the reader would type it; `parseFilterText` reads it back. */
export function filterText(filter: Filter): string {
  switch (filter.field) {
    case 'serviceName':
      return `service:${quote(filter.value)}`;
    case 'spanName':
      return `span:${quote(filter.value)}`;
    case 'remoteServiceName':
      return `remote:${quote(filter.value)}`;
    case 'minDuration':
      return `duration>${formatZipkinDuration(filter.micros)}`;
    case 'maxDuration':
      return `duration<${formatZipkinDuration(filter.micros)}`;
    case 'tag':
      return `${quote(filter.key)}=${quote(filter.value)}`;
    case 'word':
      return /[:=<>]|^-|^and$/i.test(filter.value) ? `"${escapeQuotes(filter.value)}"` : quote(filter.value);
    default:
      return filter satisfies never;
  }
}

function quote(value: string): string {
  return value === '' || /[\s"]/.test(value) ? `"${escapeQuotes(value)}"` : value;
}

function escapeQuotes(value: string): string {
  return value.replace(/["\\]/g, '\\$&');
}

/** A duration filter from text such as `100ms`; undefined when it is none. */
export function durationFilter(field: 'minDuration' | 'maxDuration', text: string): Filter | undefined {
  const micros = parseDurationText(text);
  return micros === undefined ? undefined : { field, micros };
}
