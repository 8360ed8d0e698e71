import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { generatedDocuments } from '../src/docs/generated-documents.ts';

test('the generated documents are current; node packages/server/bin/generate-docs.ts writes them', async () => {
  for (const [path, text] of await generatedDocuments()) {
    assert.equal(await readFile(new URL(`../../../docs/${path}`, import.meta.url), 'utf8'), text, path);
  }
});
