import { assignServiceSlots, SERVICE_SLOTS } from '../theme/service-colors.ts';

/** Fills of a colour: solid first, then patterns, for traces with more services than colours. */
export const PATTERNS = 4;

export interface ServiceColor {
  /** 0 to 9, see `theme/service-colors.ts`; -1 for "no service". */
  readonly slot: number;
  /** 0 solid, 1 stripes, 2 dots, 3 stripes the other way. */
  readonly pattern: number;
}

export const NO_SERVICE_COLOR: ServiceColor = { slot: -1, pattern: 0 };

/** The colour of each service: the theme's slots, and from the 11th service on the same hues with a pattern (ui.md 5.4). */
export function assignColors(services: readonly string[]): ServiceColor[] {
  const seen = new Uint8Array(SERVICE_SLOTS);
  const colors = new Map<string, ServiceColor>();
  for (const [name, slot] of assignServiceSlots(services)) {
    colors.set(name, { slot, pattern: (seen[slot] as number) % PATTERNS });
    seen[slot] = (seen[slot] as number) + 1;
  }
  return services.map(name => colors.get(name) ?? NO_SERVICE_COLOR);
}
