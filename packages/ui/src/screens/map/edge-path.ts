import { NODE_HEIGHT, nodeWidth, type Point } from './layout.ts';

/** A smooth line through the corners: straight to the first, then a curve around each. */
export function smoothPath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined || rest.length === 0) return '';
  const parts = [`M${round(first.x)} ${round(first.y)}`];
  for (let i = 0; i < rest.length - 1; i++) {
    const corner = rest[i]!;
    const next = rest[i + 1]!;
    parts.push(
      `Q${round(corner.x)} ${round(corner.y)} ${round((corner.x + next.x) / 2)} ${round((corner.y + next.y) / 2)}`,
    );
  }
  const last = rest.at(-1)!;
  parts.push(`L${round(last.x)} ${round(last.y)}`);
  return parts.join('');
}

/** For nodes that were dragged, whose corners no longer fit: from right side to left side. */
export function directPath(parent: string, from: Point, child: string, to: Point): string {
  const startX = from.x + nodeWidth(parent) / 2;
  const endX = to.x - nodeWidth(child) / 2;
  const bend = Math.max(30, Math.abs(endX - startX) / 2);
  return `M${round(startX)} ${round(from.y)}C${round(startX + bend)} ${round(from.y)} ${round(endX - bend)} ${round(to.y)} ${round(endX)} ${round(to.y)}`;
}

/** A service that calls itself: a loop above its box. */
export function loopPath(name: string, { x, y }: Point): string {
  const right = x + nodeWidth(name) / 2;
  const top = y - NODE_HEIGHT / 2;
  return `M${round(right - 30)} ${round(top)}C${round(right - 30)} ${round(top - 26)} ${round(right + 22)} ${round(top - 26)} ${round(right)} ${round(y - 4)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
