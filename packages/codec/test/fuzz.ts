// Mutates the fixtures and decodes them for a bounded time:
// `node packages/codec/test/fuzz.ts [--seconds N] [--seed S]`. Exits 1 with a reproducer on the first failure.
import { parseArgs } from 'node:util';
import { loadFixtures } from './fixtures.ts';
import { checkAnyInput, randomCase, randomOf } from './mutate.ts';
import { toHex } from './wire.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' } } });
const seconds = Number(values.seconds ?? 10);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
/** No input of 20,000 bytes may take longer: 100 times what the slowest takes on a slow machine. */
const MAX_MS = 2000;

const fixtures = loadFixtures();
const random = randomOf(seed);
const counts = { decoded: 0, refused: 0 };
const until = performance.now() + seconds * 1000;
console.log(`fuzzing ${fixtures.length} fixtures for ${seconds} s, --seed ${seed}`);
while (performance.now() < until) {
  const { bytes, format } = randomCase(fixtures, random);
  const start = performance.now();
  try {
    counts[checkAnyInput(bytes, format)]++;
    const took = performance.now() - start;
    if (took > MAX_MS) throw new Error(`took ${Math.round(took)} ms`);
  } catch (error) {
    console.error(error);
    console.error(`reproduce as ${format}, --seed ${seed}:\n${toHex(bytes)}`);
    process.exit(1);
  }
}
console.log(`${counts.decoded} decoded, ${counts.refused} refused, 0 failures`);
