import type { NegatableTerm, Term } from './find-query.ts';
import { KINDS, type Records } from './records.ts';
import { formatSpanId } from './span-id.ts';
import { ERROR, ERROR_ANNOTATION, type Trace, type TraceSource } from './trace.ts';

/**
 * Finds in a trace. A text is looked up once in each dictionary (services, names, tag keys and values), then rows are
 * tested by number: 100,000 spans with 300,000 tags take a few ms, most of it in the dictionary of values.
 */
export class FindIndex {
  readonly #trace: Trace;
  readonly #source: TraceSource;
  readonly #records: Records;
  readonly #self: Float64Array;
  /** Lower-case copies, made when the first text is looked for. */
  #lowerValues: string[] | undefined;
  #ids: string[] | undefined;

  constructor(trace: Trace, source: TraceSource, records: Records, self: Float64Array) {
    this.#trace = trace;
    this.#source = source;
    this.#records = records;
    this.#self = self;
  }

  /** Rows on which every term holds, ascending. No terms, no rows. */
  find(terms: readonly NegatableTerm[]): Int32Array {
    if (terms.length === 0) return new Int32Array(0);
    const tests = terms.map(({ term, negated }) => {
      const mask = this.#mask(term);
      return { mask, want: negated ? 0 : 1 };
    });
    const rows = new Int32Array(this.#trace.count);
    let length = 0;
    next: for (let i = 0; i < this.#trace.count; i++) {
      for (const { mask, want } of tests) if (mask[i] !== want) continue next;
      rows[length++] = i;
    }
    return rows.slice(0, length);
  }

  /** 1 for each row the term holds on. */
  #mask(term: Term): Uint8Array {
    const trace = this.#trace;
    const mask = new Uint8Array(trace.count);
    switch (term.type) {
      case 'error':
        for (let i = 0; i < trace.count; i++)
          mask[i] = ((trace.flags[i] as number) & (ERROR | ERROR_ANNOTATION)) === 0 ? 0 : 1;
        return mask;
      case 'duration':
        return compare(mask, trace.duration, term.than, term.micros);
      case 'self':
        return compare(mask, this.#self, term.than, term.micros);
      case 'start':
        return compare(mask, trace.start, term.than, term.micros);
      case 'tag':
        this.#markTags(mask, term.key, term.value);
        return mask;
      case 'field':
        this.#markField(mask, term.field, term.value);
        return mask;
      case 'text':
        this.#markText(mask, text => text.includes(term.text), term.text);
        return mask;
      case 'regex':
        this.#markText(mask, text => term.regex.test(text), undefined);
        return mask;
      default:
        return term satisfies never;
    }
  }

  #markTags(mask: Uint8Array, key: string, value: string): void {
    const { keys } = this.#records;
    const lowerKey = key.toLowerCase();
    const wantedKeys = Uint8Array.from(keys.strings, text => (text.toLowerCase() === lowerKey ? 1 : 0));
    const lowerValue = value.toLowerCase();
    const wantedValues =
      value === '' ? undefined : Uint8Array.from(this.#lower(), text => (text.includes(lowerValue) ? 1 : 0));
    this.#eachRecord((row, from, to) => {
      for (let t = from; t < to; t++) {
        if (wantedKeys[this.#records.tagKey.at(t)] !== 1) continue;
        if (wantedValues === undefined || wantedValues[this.#records.tagValue.at(t)] === 1) {
          mask[row] = 1;
          return;
        }
      }
    });
  }

  #markField(mask: Uint8Array, field: 'service' | 'name' | 'kind' | 'id', value: string): void {
    const trace = this.#trace;
    const has = (strings: readonly string[]): Uint8Array =>
      Uint8Array.from(strings, text => (text.includes(value) ? 1 : 0));
    if (field === 'id') {
      for (let i = 0; i < trace.count; i++) mask[i] = this.#idTexts()[i]?.includes(value) === true ? 1 : 0;
      return;
    }
    if (field === 'kind') {
      for (let i = 0; i < trace.count; i++) mask[i] = KINDS[trace.kind[i] as number]?.toLowerCase() === value ? 1 : 0;
      return;
    }
    const wanted = has(field === 'service' ? this.#records.services.strings : this.#records.names.strings);
    for (let i = 0; i < trace.count; i++) {
      const hit =
        field === 'name'
          ? wanted[trace.name[i] as number] === 1
          : wanted[trace.service[i] as number] === 1 || wanted[trace.clientService[i] as number] === 1;
      if (hit) mask[i] = 1;
    }
  }

  #markText(mask: Uint8Array, test: (lowerText: string) => boolean, plain: string | undefined): void {
    const trace = this.#trace;
    const marks = (strings: readonly string[]): Uint8Array => Uint8Array.from(strings, text => (test(text) ? 1 : 0));
    const services = marks(this.#records.services.strings);
    const names = marks(this.#records.names.strings);
    const keys = marks(this.#records.keys.strings.map(key => key.toLowerCase()));
    const values = marks(this.#lower());
    for (let i = 0; i < trace.count; i++) {
      const hit =
        names[trace.name[i] as number] === 1 ||
        services[trace.service[i] as number] === 1 ||
        services[trace.clientService[i] as number] === 1 ||
        services[trace.remoteService[i] as number] === 1;
      if (hit) mask[i] = 1;
    }
    this.#eachRecord((row, from, to, annotationFrom, annotationTo) => {
      if (mask[row] === 1) return;
      for (let t = from; t < to; t++) {
        if (keys[this.#records.tagKey.at(t)] === 1 || values[this.#records.tagValue.at(t)] === 1) {
          mask[row] = 1;
          return;
        }
      }
      for (let a = annotationFrom; a < annotationTo; a++) {
        if (values[this.#records.annotationValue.at(a)] === 1) {
          mask[row] = 1;
          return;
        }
      }
    });
    // Ids are compared only with texts that could be part of one: "7f3a" is, "checkout" is not.
    if (plain === undefined || !/^[0-9a-f]{4,}$/.test(plain)) return;
    const ids = this.#idTexts();
    for (let i = 0; i < trace.count; i++) if (ids[i]?.includes(plain) === true) mask[i] = 1;
  }

  /** Calls with the tag and annotation ranges of every record of every row. */
  #eachRecord(
    visit: (row: number, from: number, to: number, annotationFrom: number, annotationTo: number) => void,
  ): void {
    const { pieceEnd, pieces } = this.#source;
    const { tagEnd, annotationEnd } = this.#records;
    for (let row = 0; row < this.#trace.count; row++) {
      for (let k = row === 0 ? 0 : (pieceEnd[row - 1] as number); k < (pieceEnd[row] as number); k++) {
        const record = pieces[k] as number;
        visit(
          row,
          record === 0 ? 0 : tagEnd.at(record - 1),
          tagEnd.at(record),
          record === 0 ? 0 : annotationEnd.at(record - 1),
          annotationEnd.at(record),
        );
      }
    }
  }

  #lower(): string[] {
    this.#lowerValues ??= this.#records.values.strings.map(value => value.toLowerCase());
    return this.#lowerValues;
  }

  #idTexts(): string[] {
    if (this.#ids === undefined) {
      const { idHi, idLo, count } = this.#trace;
      this.#ids = [];
      for (let i = 0; i < count; i++) this.#ids.push(formatSpanId(idHi[i] as number, idLo[i] as number));
    }
    return this.#ids;
  }
}

function compare(mask: Uint8Array, column: Float64Array, than: '>' | '<', micros: number): Uint8Array {
  for (let i = 0; i < mask.length; i++) {
    mask[i] = (than === '>' ? (column[i] as number) > micros : (column[i] as number) < micros) ? 1 : 0;
  }
  return mask;
}
