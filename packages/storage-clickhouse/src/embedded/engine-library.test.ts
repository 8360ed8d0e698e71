import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineLibrary } from './engine-library.ts';

test('a platform without the engine is refused with what to use instead', () => {
  for (const [platform, arch] of [
    ['win32', 'x64'],
    ['linux', 's390x'],
  ] as const) {
    assert.throws(() => engineLibrary(platform, arch), {
      code: 'unsupported',
      message: new RegExp(`${platform} ${arch}.*CLICKHOUSE_URL.*memory`),
    });
  }
});
