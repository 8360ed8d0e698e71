import { CollectorMetrics } from '@tracekin/collector';
import { openApiDocument } from '@tracekin/query';
import { SERVER_PATHS } from '../operation/openapi-paths.ts';
import { documentSettings } from '../settings/document-settings.ts';
import { BUILD_INFO } from '../version.ts';
import { documentApi } from './document-api.ts';
import { documentErrors } from './document-errors.ts';
import { documentMetrics } from './document-metrics.ts';

/** Texts of the documents that are made from tables, by file name under docs/. A test compares them with the files. */
export async function generatedDocuments(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['configuration.md', documentSettings()],
    ['api.md', documentApi(openApiDocument({ version: BUILD_INFO.version, paths: SERVER_PATHS }))],
    ['errors.md', documentErrors()],
    ['metrics.md', await documentMetrics(new CollectorMetrics())],
  ]);
}
