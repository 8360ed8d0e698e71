// Writes the documents that are made from tables: docs/configuration.md, docs/api.md, docs/errors.md, docs/metrics.md.
import { writeFile } from 'node:fs/promises';
import { generatedDocuments } from '../src/docs/generated-documents.ts';

for (const [path, text] of await generatedDocuments()) {
  await writeFile(new URL(`../../../docs/${path}`, import.meta.url), text);
}
