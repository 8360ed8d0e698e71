export { ElasticsearchStorage } from './elasticsearch-storage.ts';
export {
  defaultElasticsearchOptions,
  type ElasticsearchOptions,
  type HttpLogging,
  type Log,
  type TlsOptions,
} from './options.ts';
