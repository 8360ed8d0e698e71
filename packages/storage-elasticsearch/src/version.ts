import { TracekinError } from '@tracekin/model';
import type { Cluster } from './cluster.ts';

/** What answers at ES_HOSTS. */
export interface SearchServer {
  readonly product: 'Elasticsearch' | 'OpenSearch';
  /** As it says itself, e.g. `8.19.8`. */
  readonly version: string;
  /** Whether it knows what indices with joined terms need: `require_alias` and a tokenizer with a limit. */
  readonly joinsTerms: boolean;
}

/** Asks the server what it is. Rejects with `unsupported` when it is older than any that Tracekin can use. */
export async function detectServer(cluster: Cluster): Promise<SearchServer> {
  const { body } = await cluster.request<{ version?: { number?: string; distribution?: string } }>({
    method: 'GET',
    path: '/',
  });
  const version = body.version?.number;
  const major = Number(version?.split('.')[0]);
  if (version === undefined || !Number.isInteger(major)) {
    throw new TracekinError(
      'unsupported',
      'What answers at ES_HOSTS does not say an Elasticsearch or OpenSearch version: check the URL',
    );
  }
  const product = body.version?.distribution === 'opensearch' ? 'OpenSearch' : 'Elasticsearch';
  if (product === 'Elasticsearch' && major < 7) {
    throw new TracekinError(
      'unsupported',
      `Elasticsearch ${version} is not supported: use 7.17, 8 or 9, or OpenSearch 2 or 3`,
    );
  }
  const minor = Number(version.split('.')[1]);
  return { product, version, joinsTerms: product === 'OpenSearch' || major > 7 || minor >= 10 };
}
