import { z } from 'zod';

/** How the text of a setting becomes its value. Every source of settings hands over text. */
export interface ValueKind<T> {
  /** Completes the sentence "must be …". */
  readonly rule: string;
  readonly schema: z.ZodType<T, string>;
  /** The shortest text that parses back to the value, for documentation. */
  readonly print: (value: T) => string;
}

function kind<T>(
  rule: string,
  parse: (text: string) => T | undefined,
  print: (value: T) => string = String,
): ValueKind<T> {
  const schema = z.string().transform((text, context): T => {
    const value = parse(text.trim());
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', input: text, message: `must be ${rule}` });
    return z.NEVER;
  });
  return { rule, schema, print };
}

export const text: ValueKind<string> = kind('text', value => (value === '' ? undefined : value));

/** Text of which blanks matter. */
export const anyText: ValueKind<string> = { rule: 'text', schema: z.string(), print: String };

const TRUE = new Set(['true', 'yes', 'on', '1']);
const FALSE = new Set(['false', 'no', 'off', '0']);

/** Spring's spellings, which is what Zipkin's users write. */
export const flag: ValueKind<boolean> = kind('true or false', value => {
  const lower = value.toLowerCase();
  return TRUE.has(lower) ? true : FALSE.has(lower) ? false : undefined;
});

export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): ValueKind<number> {
  const rule =
    max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`;
  return kind(rule, value => {
    const number = /^[0-9]{1,16}$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : undefined;
  });
}

export const rate: ValueKind<number> = kind('a number from 0 to 1', value => {
  const number = /^[0-9]*\.?[0-9]+$/.test(value) ? Number(value) : Number.NaN;
  return number >= 0 && number <= 1 ? number : undefined;
});

export function oneOf<const T extends string>(...choices: readonly T[]): ValueKind<T> {
  return kind(choices.length === 1 ? choices[0]! : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`, value =>
    choices.find(choice => choice.toLowerCase() === value.toLowerCase()),
  );
}

const MILLIS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time in milliseconds: `500ms`, `11s`, `PT1M30S`, or a bare number counted in `unit` as Zipkin does for it. */
export function duration(unit: 'ms' | 's'): ValueKind<number> {
  return kind(
    `a length of time such as 500ms, 11s, 5m, 2h or 1d (a bare number counts ${unit === 'ms' ? 'milliseconds' : 'seconds'})`,
    value => {
      const simple = /^([0-9]{1,15})\s*(ms|s|m|h|d)?$/i.exec(value);
      if (simple) return safe(Number(simple[1]) * MILLIS[(simple[2]?.toLowerCase() ?? unit) as keyof typeof MILLIS]);
      const iso =
        /^P(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:\.([0-9]{1,3}))?S)?)?$/i.exec(
          value,
        );
      if (!iso || iso.slice(1).every(part => part === undefined)) return undefined;
      const [, days = 0, hours = 0, minutes = 0, seconds = 0, fraction = ''] = iso;
      return safe(
        Number(days) * MILLIS.d +
          Number(hours) * MILLIS.h +
          Number(minutes) * MILLIS.m +
          Number(seconds) * 1000 +
          Number(fraction.padEnd(3, '0')),
      );
    },
    printDuration,
  );
}

/** As `duration`, in whole seconds. */
export const seconds: ValueKind<number> = (() => {
  const inMillis = duration('s');
  return {
    rule: inMillis.rule,
    schema: inMillis.schema.transform(ms => Math.floor(ms / 1000)) as unknown as z.ZodType<number, string>,
    print: value => printDuration(value * 1000),
  };
})();

function printDuration(ms: number): string {
  if (ms === 0) return '0s';
  const unit = (['d', 'h', 'm', 's', 'ms'] as const).find(name => ms % MILLIS[name] === 0)!;
  return `${ms / MILLIS[unit]}${unit}`;
}

const BYTES = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 } as const;

/** Binary multiples whatever the spelling: 1 GB is 1024^3 bytes, as Zipkin's and Java's settings count. */
export const bytes: ValueKind<number> = kind(
  'a number of bytes such as 500MB or 1GiB',
  value => {
    const parts = /^([0-9]{1,15})\s*(?:([kmgt])i?b?|b)?$/i.exec(value);
    return parts ? safe(Number(parts[1]) * BYTES[(parts[2]?.toLowerCase() ?? '') as keyof typeof BYTES]) : undefined;
  },
  value => {
    if (value === 0) return '0';
    const unit = (['t', 'g', 'm', 'k'] as const).find(name => value % BYTES[name] === 0);
    return unit ? `${value / BYTES[unit]}${unit.toUpperCase()}iB` : String(value);
  },
);

export const list: ValueKind<readonly string[]> = kind('a list separated by commas', splitList, printList);

export const sortedList: ValueKind<readonly string[]> = kind(
  'a list separated by commas',
  (value): readonly string[] => [...new Set(splitList(value))].sort(),
  printList,
);

export const httpUrl: ValueKind<string> = kind('a URL that starts with http:// or https://', value =>
  isHttpUrl(value) ? value : undefined,
);

export const httpUrls: ValueKind<readonly string[]> = kind(
  'a list of URLs that start with http:// or https://, separated by commas',
  value => {
    const urls = splitList(value);
    return urls.length > 0 && urls.every(isHttpUrl) ? urls : undefined;
  },
  printList,
);

/** A place that a link may lead to: an absolute http URL or a path on this host. Anything else could run as a script. */
export const link: ValueKind<string> = kind('an http:// or https:// URL or a path that starts with /', value =>
  isHttpUrl(value) || /^\/(?!\/)/.test(value) ? value : undefined,
);

export const urlPath: ValueKind<string> = kind('a path that starts with /, or . for relative links', value =>
  value === '.' || (/^\/[A-Za-z0-9._~/-]*$/.test(value) && !value.includes('//')) ? value : undefined,
);

function splitList(value: string): readonly string[] {
  return value
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');
}

function printList(values: readonly string[]): string {
  return values.join(',');
}

function isHttpUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}
