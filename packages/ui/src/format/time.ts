/** How times are written: language and zone. Cheap to call: the formatters behind it are kept. */
export interface TimeFormat {
  /** `21 Nov 2026, 10:11:37.250`; milliseconds since the epoch. */
  readonly dateTime: (epochMs: number) => string;
  /** `10:11:37` */
  readonly clock: (epochMs: number) => string;
  /** `10:11:37.250` */
  readonly preciseClock: (epochMs: number) => string;
  /** `10:11` */
  readonly shortClock: (epochMs: number) => string;
  /** `21 Nov` */
  readonly day: (epochMs: number) => string;
  /** `12 seconds ago`, `3 hours ago`; the distance between the two. */
  readonly relative: (epochMs: number, nowMs: number) => string;
  /** IANA name in force, with the browser's own resolved. */
  readonly zone: string;
}

const cache = new Map<string, TimeFormat>();

/** @param timeZone `local`, `UTC` or an IANA name. @param locale BCP 47. */
export function timeFormat(locale: string, timeZone: string): TimeFormat {
  const key = `${locale} ${timeZone}`;
  let format = cache.get(key);
  if (format === undefined) {
    format = createTimeFormat(locale, timeZone);
    cache.set(key, format);
  }
  return format;
}

/** The browser's own. Asking `Intl` makes a whole formatter, 20 ms of the first render; not all browsers have the other. */
export function localTimeZone(): string {
  const { Temporal } = globalThis as { Temporal?: { readonly Now: { timeZoneId(): string } } };
  return Temporal?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function createTimeFormat(locale: string, timeZone: string): TimeFormat {
  const zone = timeZone === 'local' ? localTimeZone() : timeZone;
  // Each formatter is made when first used: together they take 50 ms, which no first render can spare.
  const options = (own: Intl.DateTimeFormatOptions): ((ms: number) => string) => {
    let formatter: Intl.DateTimeFormat | undefined;
    return ms => {
      if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return '–';
      formatter ??= new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...own });
      return formatter.format(ms);
    };
  };
  let relative: Intl.RelativeTimeFormat | undefined;
  return {
    zone,
    dateTime: options({
      year: 'numeric',
      month: 'short',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
    }),
    clock: options({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    preciseClock: options({ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 }),
    shortClock: options({ hour: '2-digit', minute: '2-digit' }),
    day: options({ month: 'short', day: 'numeric' }),
    relative: (epochMs, nowMs) => {
      const [value, unit] = largestUnit((epochMs - nowMs) / 1000);
      relative ??= new Intl.RelativeTimeFormat(locale, { style: 'narrow' });
      return relative.format(value, unit);
    },
  };
}

const UNITS: readonly (readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

function largestUnit(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  for (const [size, unit] of UNITS) if (Math.abs(seconds) >= size) return [Math.trunc(seconds / size), unit];
  return [Math.trunc(seconds), 'second'];
}

/** `2026-11-21T10:11` in the zone, as `<input type="datetime-local">` wants it. */
export function toLocalInput(epochMs: number, zone: string): string {
  return new Date(epochMs + zoneOffset(epochMs, zone)).toISOString().slice(0, 19);
}

/** The inverse. Undefined when the text is not a time; of a time that exists twice (end of summer time), the earlier. */
export function fromLocalInput(text: string, zone: string): number | undefined {
  if (!/^\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/.test(text)) return undefined;
  const asUtc = Date.parse(`${text}${text.length <= 16 ? ':00' : ''}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  const guess = asUtc - zoneOffset(asUtc, zone);
  return asUtc - zoneOffset(guess, zone);
}

/** Milliseconds that the zone's clock is ahead of UTC at this moment. */
function zoneOffset(epochMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(epochMs);
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find(part => part.type === type)?.value);
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return wall - Math.floor(epochMs / 1000) * 1000;
}
