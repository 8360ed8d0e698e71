const UNIT_MICROS: Readonly<Record<string, number>> = {
  us: 1,
  µs: 1,
  μs: 1,
  ms: 1e3,
  s: 1e6,
  m: 6e7,
  min: 6e7,
  h: 3.6e9,
};

/** `50ms`, `1.5 s`, `200us`, `2m`; a bare number is µs as everywhere in Zipkin. NaN when it is not a duration. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-zµμ]*)$/i.exec(text.trim());
  if (match === null) return Number.NaN;
  const unit = match[2] === '' ? 1 : UNIT_MICROS[(match[2] as string).toLowerCase()];
  return unit === undefined ? Number.NaN : Number(match[1]) * unit;
}

/** Three digits are what a reader compares; more is noise. */
function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1).replace(/\.0$/, '');
  return value.toFixed(2).replace(/\.?0+$/, '');
}

/** µs as `840 µs`, `12.5 ms`, `1.21 s`, `3 min 5 s`, `2 h 10 min`; 0 is `0 µs`. */
export function formatDuration(micros: number): string {
  const sign = micros < 0 ? '−' : '';
  const value = Math.abs(micros);
  if (value < 999.5) return `${sign}${digits(value)} µs`;
  if (value < 999_500) return `${sign}${digits(value / 1e3)} ms`;
  if (value < 59_950_000) return `${sign}${digits(value / 1e6)} s`;
  const seconds = Math.round(value / 1e6);
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`;
  const minutes = Math.round(seconds / 60);
  return `${sign}${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
}

/**
 * Times on the axis for the window `from` to `to` (µs): multiples of 1, 2 or 5 times a power of ten, at most `most`.
 */
export function timeTicks(from: number, to: number, most: number): number[] {
  const span = to - from;
  if (!(span > 0) || most < 1) return [];
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to && ticks.length <= most; tick += step) ticks.push(tick);
  return ticks;
}

/**
 * Ticks of one axis share a unit and their decimals, so that they can be compared without reading more than the number.
 * @param largest of the axis, µs
 */
export function formatTick(micros: number, step: number, largest: number): string {
  const [size, unit] = largest >= 1e6 ? [1e6, 's'] : largest >= 1e3 ? [1e3, 'ms'] : [1, 'µs'];
  const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(step / size))));
  return `${(micros / size).toFixed(decimals)} ${unit}`;
}
