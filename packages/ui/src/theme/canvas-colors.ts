import { SERVICE_SLOTS } from './service-colors.ts';

/** Token values as a canvas can use them, i.e. with `light-dark()` resolved. */
export interface CanvasColors {
  readonly background: string;
  readonly text: string;
  readonly textMuted: string;
  readonly border: string;
  readonly borderStrong: string;
  readonly accent: string;
  readonly error: string;
  readonly warning: string;
  readonly mark: string;
  readonly noService: string;
  /** Around what has its colour by service, where the reader has chosen all others. */
  readonly barBorder: string | undefined;
  /** By slot, see `assignServiceSlots`. */
  readonly services: readonly string[];
}

/** What the reader's own colours, if there are any, are used for. */
const FORCED = {
  background: 'Canvas',
  text: 'CanvasText',
  textMuted: 'CanvasText',
  border: 'CanvasText',
  borderStrong: 'CanvasText',
  accent: 'Highlight',
  error: 'CanvasText',
  warning: 'CanvasText',
  mark: 'Mark',
  barBorder: 'CanvasText',
} as const;

const TOKENS = {
  background: '--bg',
  text: '--text',
  textMuted: '--text-muted',
  border: '--border',
  borderStrong: '--border-strong',
  accent: '--accent',
  error: '--error',
  warning: '--warning',
  mark: '--mark',
} as const;

/**
 * Resolves the tokens for the page. A custom property keeps `light-dark()` as text, so each one goes through a real
 * property of a probe element. Costs one style calculation: call it once per drawing theme, not per frame.
 *
 * @param scheme instead of the reader's, for paper
 */
export function readCanvasColors(scheme?: 'light'): CanvasColors {
  const probe = document.createElement('span');
  probe.hidden = true;
  // Otherwise every colour reads as the reader's text colour.
  probe.style.setProperty('forced-color-adjust', 'none');
  if (scheme !== undefined) probe.style.colorScheme = scheme;
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const resolve = (color: string): string => {
    probe.style.color = color;
    return style.color;
  };
  const all = <K extends string>(
    table: Readonly<Record<K, string>>,
    css: (value: string) => string,
  ): Record<K, string> =>
    Object.fromEntries(Object.entries<string>(table).map(([key, value]) => [key, resolve(css(value))])) as Record<
      K,
      string
    >;
  const token = (name: string): string => `var(${name})`;
  const colors: CanvasColors = {
    ...(forcedColors.matches ? all(FORCED, color => color) : { ...all(TOKENS, token), barBorder: undefined }),
    noService: resolve(token('--service-none')),
    services: Array.from({ length: SERVICE_SLOTS }, (_, slot) => resolve(token(`--service-${slot}`))),
  };
  probe.remove();
  return colors;
}

/** Whether the reader's system has colours of its own for everything. */
export const forcedColors: MediaQueryList = matchMedia('(forced-colors: active)');
