import { addFilter, durationFilter, type Filter } from './filter.ts';

/** A part of typed text that is no filter, and why. The reason is a key of the search catalog's `problems`. */
export interface FilterProblem {
  readonly text: string;
  readonly reason: 'duration' | 'exclusion' | 'empty' | 'quote';
}

export interface ParsedFilters {
  readonly filters: readonly Filter[];
  readonly problems: readonly FilterProblem[];
}

interface Word {
  readonly text: string;
  /** Before the operator, unquoted; absent when there is no operator outside quotes. */
  readonly name?: string;
  readonly operator?: string;
  /** After it; the whole word when there is no operator. */
  readonly value: string;
  readonly open: boolean;
  readonly quoted: boolean;
}

const FIELDS: Readonly<Record<string, 'serviceName' | 'spanName' | 'remoteServiceName'>> = {
  service: 'serviceName',
  servicename: 'serviceName',
  svc: 'serviceName',
  span: 'spanName',
  spanname: 'spanName',
  name: 'spanName',
  operation: 'spanName',
  remote: 'remoteServiceName',
  remoteservicename: 'remoteServiceName',
  peer: 'remoteServiceName',
};

/**
 * Reads `service:checkout duration>100ms error http.method=POST "two words"`. The word `and` between terms is allowed, as
 * in Zipkin's annotationQuery. A colon makes a filter only after a field's name, so that `cache:miss` stays one word.
 */
export function parseFilterText(text: string): ParsedFilters {
  let filters: Filter[] = [];
  const problems: FilterProblem[] = [];
  for (const word of splitWords(text)) {
    const result = readWord(word);
    if (result === undefined) continue;
    if ('reason' in result) problems.push(result);
    else filters = addFilter(filters, result);
  }
  return { filters, problems };
}

function readWord(word: Word): Filter | FilterProblem | undefined {
  const { text, name, operator, value } = word;
  const problem = (reason: FilterProblem['reason']): FilterProblem => ({ text, reason });
  if (word.open) return problem('quote');
  if (name === undefined || operator === undefined) {
    if (value === '') return undefined;
    if (!word.quoted && value.toLowerCase() === 'and') return undefined;
    if (!word.quoted && value.startsWith('-') && value.length > 1) return problem('exclusion');
    return { field: 'word', value };
  }
  if (name.startsWith('-')) return problem('exclusion');
  const lower = name.toLowerCase();
  if (lower === 'duration' || lower === 'minduration' || lower === 'maxduration') {
    const isMax = lower === 'maxduration' || (lower === 'duration' && operator.startsWith('<'));
    return durationFilter(isMax ? 'maxDuration' : 'minDuration', value) ?? problem('duration');
  }
  const field = Object.hasOwn(FIELDS, lower) ? FIELDS[lower] : undefined;
  if (field !== undefined && (operator === ':' || operator === '=')) {
    return value === '' ? problem('empty') : { field, value: value.toLowerCase() };
  }
  if (operator === '=') return name === '' ? problem('empty') : { field: 'tag', key: name, value };
  return { field: 'word', value: text };
}

/** Splits at blanks outside quotes; a backslash in quotes keeps the next character. Linear in the text. */
function splitWords(text: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    while (at < text.length && isBlank(text[at]!)) at++;
    if (at >= text.length) break;
    const start = at;
    let current = '';
    let name: string | undefined;
    let operator: string | undefined;
    let inQuotes = false;
    let quoted = false;
    for (; at < text.length && (inQuotes || !isBlank(text[at]!)); at++) {
      const char = text[at]!;
      if (char === '"') {
        inQuotes = !inQuotes;
        quoted = true;
      } else if (inQuotes && char === '\\' && at + 1 < text.length) {
        current += text[++at];
      } else if (!inQuotes && operator === undefined && isOperator(char, current)) {
        name = current;
        operator = char;
        current = '';
        if ((char === '<' || char === '>') && text[at + 1] === '=') {
          operator += '=';
          at++;
        }
      } else {
        current += char;
      }
    }
    words.push({
      text: text.slice(start, at),
      value: current,
      open: inQuotes,
      quoted,
      ...(name !== undefined && operator !== undefined && { name, operator }),
    });
  }
  return words;
}

function isOperator(char: string, before: string): boolean {
  if (char === '=') return true;
  if (char === ':') return Object.hasOwn(FIELDS, before.toLowerCase()) || /duration$/i.test(before);
  return (char === '<' || char === '>') && /^-?(min|max)?duration$/i.test(before);
}

function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r' || char === '\u00a0';
}
