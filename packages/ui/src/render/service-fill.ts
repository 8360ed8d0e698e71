import type { ServiceColor } from '../kernel/service-colors.ts';
import type { CanvasColors } from '../theme/canvas-colors.ts';

/** CSS colour of a service. */
export function cssColor(color: ServiceColor | undefined): string {
  return color === undefined || color.slot < 0 ? 'var(--service-none)' : `var(--service-${color.slot})`;
}

const fillsByColors = new WeakMap<CanvasColors, CanvasFills>();
/** What patterns are drawn on: each is a copy of it, and another canvas would cost more than all that is drawn. */
let tile: HTMLCanvasElement | undefined;

/** The fills of a theme, for every canvas that draws in it. */
export function canvasFills(colors: CanvasColors): CanvasFills {
  let fills = fillsByColors.get(colors);
  if (fills === undefined) {
    fills = new CanvasFills(colors.services, colors.noService);
    fillsByColors.set(colors, fills);
  }
  return fills;
}

/** Colours and patterns of services, each pattern made once. */
export class CanvasFills {
  readonly #colors: readonly string[];
  readonly #none: string;
  readonly #made = new Map<number, CanvasPattern | string>();

  constructor(colors: readonly string[], none: string) {
    this.#colors = colors;
    this.#none = none;
  }

  fill(color: ServiceColor | undefined): CanvasPattern | string {
    if (color === undefined || color.slot < 0) return this.#none;
    const base = this.#colors[color.slot] as string;
    if (color.pattern === 0) return base;
    const key = color.slot * 8 + color.pattern;
    let made = this.#made.get(key);
    if (made === undefined) {
      made = this.#pattern(base, color.pattern);
      this.#made.set(key, made);
    }
    return made;
  }

  #pattern(base: string, pattern: number): CanvasPattern | string {
    if (tile === undefined) {
      tile = document.createElement('canvas');
      tile.width = 6;
      tile.height = 6;
    }
    const draw = tile.getContext('2d');
    if (draw === null) return base;
    draw.fillStyle = base;
    draw.fillRect(0, 0, 6, 6);
    draw.fillStyle = 'rgb(255 255 255 / 45%)';
    draw.strokeStyle = 'rgb(255 255 255 / 45%)';
    draw.lineWidth = 1.5;
    if (pattern === 2) draw.fillRect(2, 2, 2, 2);
    else {
      draw.beginPath();
      for (const shift of [-6, 0, 6]) {
        draw.moveTo(shift, pattern === 1 ? 6 : 0);
        draw.lineTo(shift + 6, pattern === 1 ? 0 : 6);
      }
      draw.stroke();
    }
    return draw.createPattern(tile, 'repeat') ?? base;
  }
}
