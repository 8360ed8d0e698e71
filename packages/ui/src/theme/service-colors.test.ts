import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { assignServiceSlots, preferredServiceSlot, SERVICE_SLOTS } from './service-colors.ts';

const tokens = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const pair = (name: string): readonly [light: string, dark: string] => {
  const match = new RegExp(`${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(tokens);
  assert.ok(match, name);
  return [match[1]!, match[2]!];
};

/** WCAG 2 contrast of two colours. */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map(at => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe('colours', () => {
  const backgrounds = ['--bg', '--bg-raised', '--bg-hover', '--bg-selected', '--bg-sunken'];
  for (const [index, theme] of ['light', 'dark'].entries()) {
    it(`of text have a contrast of 4.5 or more on every background of the ${theme} theme`, () => {
      for (const background of backgrounds) {
        for (const text of ['--text', '--text-muted', '--accent', '--error', '--warning']) {
          const value = contrast(pair(text)[index]!, pair(background)[index]!);
          assert.ok(value >= 4.5, `${text} on ${background}: ${value.toFixed(2)}`);
        }
      }
    });

    it(`of services have a contrast of 3 or more on the ${theme} background`, () => {
      for (let slot = 0; slot < SERVICE_SLOTS; slot++) {
        const value = contrast(pair(`--service-${slot}`)[index]!, pair('--bg')[index]!);
        assert.ok(value >= 3, `slot ${slot}: ${value.toFixed(2)}`);
      }
    });
  }
});

describe('slots of services', () => {
  it('differ for up to ten services, whatever their names', () => {
    for (let run = 0; run < 50; run++) {
      const names = Array.from({ length: SERVICE_SLOTS }, (_, i) => `service-${run}-${i}`);
      assert.equal(new Set(assignServiceSlots(names).values()).size, SERVICE_SLOTS);
    }
  });

  it('depend on the set of names and not on their order', () => {
    const names = ['checkout', 'cart', 'payment', 'gateway', 'auth'];
    assert.deepEqual([...assignServiceSlots(names)].sort(), [...assignServiceSlots(names.toReversed())].sort());
  });

  it('are the preferred ones for a service alone', () => {
    assert.equal(assignServiceSlots(['checkout']).get('checkout'), preferredServiceSlot('checkout'));
  });

  it('repeat evenly for many services', () => {
    const slots = [...assignServiceSlots(Array.from({ length: 95 }, (_, i) => `s${i}`)).values()];
    for (let slot = 0; slot < SERVICE_SLOTS; slot++) assert.ok(slots.filter(other => other === slot).length >= 9);
  });
});
