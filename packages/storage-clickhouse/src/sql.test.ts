import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { goldenText, SQL_CASES } from './testing/sql-cases.ts';

const GOLDEN = new URL('./golden/', import.meta.url);

describe('generated SQL is what was reviewed (UPDATE_GOLDEN=1 writes it anew)', () => {
  for (const { name, sql } of SQL_CASES) {
    it(name, () => {
      const file = new URL(`${name}.golden.sql`, GOLDEN);
      if (process.env['UPDATE_GOLDEN']) writeFileSync(file, goldenText(sql));
      assert.equal(goldenText(sql), readFileSync(file, 'utf8'));
    });
  }

  it('has no golden file without a case', () => {
    const files = readdirSync(GOLDEN).map(file => file.replace('.golden.sql', ''));
    assert.deepEqual(files.sort(), SQL_CASES.map(({ name }) => name).sort());
  });
});
