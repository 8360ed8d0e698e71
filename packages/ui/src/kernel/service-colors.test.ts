import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assignColors } from './service-colors.ts';

type Rgb = readonly [number, number, number];

const tokens = readFileSync(new URL('../theme/tokens.css', import.meta.url), 'utf8');

function token(name: string): { light: string; dark: string } {
  const match = new RegExp(`${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(tokens);
  assert.ok(match, `${name} in tokens.css`);
  return { light: match[1]!, dark: match[2]! };
}

const linear = (hex: string): Rgb => {
  const part = (at: number): number => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
};

const multiply = (m: readonly Rgb[], [x, y, z]: Rgb): Rgb =>
  m.map(row => row[0] * x + row[1] * y + row[2] * z) as unknown as Rgb;

/** Severity 1.0 matrices of "A Physiologically-based Model for Simulation of Color Vision Deficiency", on linear RGB. */
const VISION: Readonly<Record<string, readonly Rgb[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** https://bottosson.github.io/posts/oklab/ */
function oklab(rgb: Rgb): Rgb {
  const clipped = rgb.map(c => Math.max(0, Math.min(1, c))) as unknown as Rgb;
  const lms = multiply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    clipped,
  ).map(Math.cbrt) as unknown as Rgb;
  return multiply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    lms,
  );
}

const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const contrast = (a: string, b: string): number => {
  const [x, y] = [luminance(linear(a)), luminance(linear(b))].sort((p, q) => q - p) as [number, number];
  return (x + 0.05) / (y + 0.05);
};

for (const theme of ['light', 'dark'] as const) {
  const slots = Array.from({ length: 10 }, (_, i) => token(`--service-${i}`)[theme]);
  const background = token('--bg')[theme];

  test(`every service colour stands out from the ${theme} background by 3 to 1`, () => {
    for (const color of [...slots, token('--service-none')[theme]])
      assert.ok(contrast(color, background) >= 3, `${color} ${contrast(color, background)}`);
  });

  for (const [vision, matrix] of Object.entries(VISION)) {
    test(`no two service colours look alike on ${theme} to ${vision} vision`, () => {
      const seen = slots.map(color => oklab(multiply(matrix, linear(color))));
      let least = Number.POSITIVE_INFINITY;
      for (let a = 0; a < seen.length; a++) {
        for (let b = a + 1; b < seen.length; b++)
          least = Math.min(least, Math.hypot(...seen[a]!.map((v, i) => v - seen[b]![i]!)) * 100);
      }
      // ui.md 5.4 measured 6.7 for the worst; below 5 two thin bars are no longer told apart.
      assert.ok(least >= 5, `nearest pair ${least.toFixed(1)}`);
    });
  }
}

test('ten services never share a colour, whatever they are called and in whatever order they come', () => {
  for (let set = 0; set < 200; set++) {
    const names = Array.from({ length: 10 }, (_, i) => `service-${set}-${(i * 7919) % 1000}`);
    const colors = assignColors(names);
    assert.equal(new Set(colors.map(color => color.slot)).size, 10);
    const reversed = assignColors([...names].reverse()).reverse();
    assert.deepEqual(reversed, colors);
  }
});

test('forty services have forty fills', () => {
  const colors = assignColors(Array.from({ length: 40 }, (_, i) => `s${i}`));
  assert.equal(new Set(colors.map(({ slot, pattern }) => `${slot} ${pattern}`)).size, 40);
});
