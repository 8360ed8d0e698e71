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
  /** By slot, see `assignServiceSlots`. */
  readonly services: readonly string[];
}

/**
 * Resolves the tokens for an element. A custom property keeps `light-dark()` as text, so each one goes through a real
 * property of a probe element. Costs one style calculation: call it once per drawing theme, not per frame.
 */
export function readCanvasColors(element: Element = document.documentElement): CanvasColors {
  const probe = document.createElement('span');
  probe.hidden = true;
  (element === document.documentElement ? document.body : element).append(probe);
  const style = getComputedStyle(probe);
  const resolve = (token: string): string => {
    probe.style.color = `var(${token})`;
    return style.color;
  };
  const colors: CanvasColors = {
    background: resolve('--bg'),
    text: resolve('--text'),
    textMuted: resolve('--text-muted'),
    border: resolve('--border'),
    borderStrong: resolve('--border-strong'),
    accent: resolve('--accent'),
    error: resolve('--error'),
    warning: resolve('--warning'),
    mark: resolve('--mark'),
    noService: resolve('--service-none'),
    services: Array.from({ length: SERVICE_SLOTS }, (_, slot) => resolve(`--service-${slot}`)),
  };
  probe.remove();
  return colors;
}
