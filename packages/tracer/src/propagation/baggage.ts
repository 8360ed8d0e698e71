import type { Baggage, TraceContext } from '../trace-context.ts';
import { first, type Getter, type Setter } from './format.ts';

/** A value that travels with the trace. Only declared fields are read, kept and written. */
export interface BaggageField {
  /** Key in the W3C `baggage` header, in `Tracer.setBaggage` and in tags. */
  readonly name: string;
  /** Also read from and written to this header of its own, e.g. `x-request-id`. */
  readonly header?: string | undefined;
  /** False keeps the field inside the process. Default true. */
  readonly remote?: boolean | undefined;
  /** Copy the value into a tag of the same name on every span that starts. Default false. */
  readonly tag?: boolean | undefined;
}

/** Limits of the W3C Baggage specification. */
const MAX_HEADER_BYTES = 8_192;
const MAX_MEMBERS = 64;

/** Reads and writes the declared fields. */
export class BaggagePropagation {
  readonly fields: readonly BaggageField[];
  readonly #byName = new Map<string, BaggageField>();

  constructor(fields: readonly BaggageField[]) {
    this.fields = fields;
    for (const field of fields) this.#byName.set(field.name, field);
  }

  /** Whether `name` was declared. */
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  extract<C>(carrier: C, get: Getter<C>): Baggage | undefined {
    const values = new Map<string, string>();
    const header = get(carrier, 'baggage');
    if (header !== undefined) this.#readHeader(typeof header === 'string' ? header : header.join(','), values);
    for (const field of this.fields) {
      if (field.header === undefined || field.remote === false) continue;
      const value = first(carrier, get, field.header.toLowerCase());
      if (value !== undefined) values.set(field.name, value);
    }
    return values.size === 0 ? undefined : Object.fromEntries(values);
  }

  inject<C>(context: TraceContext, carrier: C, set: Setter<C>): void {
    const baggage = context.baggage;
    if (baggage === undefined) return;
    let header = '';
    for (const field of this.fields) {
      const value = Object.hasOwn(baggage, field.name) ? baggage[field.name] : undefined;
      if (value === undefined || field.remote === false) continue;
      if (field.header !== undefined) {
        const safe = headerSafe(value);
        if (safe !== undefined) set(carrier, field.header.toLowerCase(), safe);
        continue;
      }
      const member = `${encode(field.name)}=${encode(value)}`;
      if (header.length + member.length + 1 <= MAX_HEADER_BYTES) header += header === '' ? member : `,${member}`;
    }
    if (header !== '') set(carrier, 'baggage', header);
  }

  #readHeader(header: string, into: Map<string, string>): void {
    if (header.length > MAX_HEADER_BYTES) return;
    for (const member of header.split(',', MAX_MEMBERS)) {
      const pair = member.split(';', 1)[0]!;
      const equals = pair.indexOf('=');
      if (equals <= 0) continue;
      const name = decode(pair.slice(0, equals).trim());
      const field = name === undefined ? undefined : this.#byName.get(name);
      if (field === undefined || field.remote === false) continue;
      const value = decode(pair.slice(equals + 1).trim());
      if (value !== undefined) into.set(field.name, value);
    }
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    // a lone surrogate
    return encodeURIComponent(text.toWellFormed());
  }
}

/** Characters that Node refuses in a header value would make the application's request throw. */
function headerSafe(value: string): string | undefined {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? value : undefined;
}
