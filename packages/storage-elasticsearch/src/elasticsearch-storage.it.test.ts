// The contract kit on real servers: scripts/services.sh start opensearch2 elasticsearch8 …, then source .cache/services.env.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { StorageOptions } from '@tracekin/storage';
import { testStorage } from '@tracekin/storage/testing';
import { writeBulk } from './bulk-writer.ts';
import { Cluster } from './cluster.ts';
import { ElasticsearchStorage } from './elasticsearch-storage.ts';
import { ensureTemplates } from './ensure-templates.ts';
import { IndexNames } from './index-names.ts';
import { defaultElasticsearchOptions, type ElasticsearchOptions } from './options.ts';
import { readDocuments } from './read-documents.ts';
import { dropIndices } from './testing/drop-indices.ts';

/** Servers by the variable that names them. In CI the first two must be there. */
const servers = ['OPENSEARCH2', 'ELASTICSEARCH8', 'OPENSEARCH3', 'ELASTICSEARCH7'];
const required = ['OPENSEARCH2', 'ELASTICSEARCH8'];

const exempt = {
  'reads during writes neither fail nor see half a batch':
    'a bulk request is no transaction: a refresh may fall into it',
  'a tag value of 64 KiB is found by its key and by its value':
    "documents are Zipkin's, which has no search term for a tag longer than 256 characters",
};

const folder = mkdtempSync(join(tmpdir(), 'tracekin-elasticsearch-'));
let opened = 0;
after(() => rmSync(folder, { recursive: true, force: true }));
const ensured = new Map<string, Promise<void>>();

/**
 * An empty storage: one set of indices for all tests with the same options, whose documents are deleted. Making indices and templates
 * costs a small server more than the tests do.
 */
async function open(host: string, options: Partial<StorageOptions>): Promise<ElasticsearchStorage> {
  opened += 1;
  const full: ElasticsearchOptions = {
    ...defaultElasticsearchOptions,
    ...options,
    hosts: [host],
    index: '',
    indexShards: 1,
    indexReplicas: 0,
    // The kit's spans may be of any time.
    namesLookbackMs: 20 * 365 * 86_400_000,
    stateDir: join(folder, String(opened)),
  };
  const index = `kit-${process.pid}-${full.strictTraceId ? 'strict' : 'low'}-${full.searchEnabled ? 'search' : 'get'}`;
  const cluster = new Cluster(full);
  const key = `${host} ${index}`;
  if (!ensured.has(key))
    ensured.set(
      key,
      ensureTemplates(cluster, index, new IndexNames(index, '-'), { ...full, joinedTerms: true }, full.log),
    );
  await ensured.get(key);
  await cluster.request({ method: 'POST', path: `/${index}-*/_refresh` });
  const hits = await readDocuments(cluster, `/${index}-*/_search`, { match_all: {} }, { source: false });
  await writeBulk(
    cluster,
    hits.map(hit => ({ index: hit._index, id: hit._id, action: 'delete' })),
  );
  await cluster.request({ method: 'POST', path: `/${index}-*/_refresh` });
  await cluster.close();
  return new ElasticsearchStorage({ ...full, index, ensureTemplates: false });
}

for (const name of servers) {
  const host = process.env[`TRACEKIN_TEST_${name}`];
  if (host === undefined) {
    const missing = `needs a server: scripts/services.sh start ${name.toLowerCase()}`;
    test(
      `storage contract: ${name}`,
      { skip: process.env['CI'] === undefined || !required.includes(name) ? missing : false },
      () => {
        throw new Error(missing);
      },
    );
    continue;
  }
  testStorage({
    name,
    open: options => open(host, options),
    exempt,
    settle: storage => (storage as ElasticsearchStorage).refresh(),
  });
  after(() => dropIndices(host, `kit-${process.pid}`));
}
