import { Agent, request } from 'node:http';
import { IndexNames } from '../../packages/storage-elasticsearch/src/index-names.ts';
import { LineQueue, LineRuns } from '../../packages/storage-elasticsearch/src/line-runs.ts';
import { SpanLines } from '../../packages/storage-elasticsearch/src/span-lines.ts';
import { templates } from '../../packages/storage-elasticsearch/src/templates.ts';
import { JaegerShape } from '../workload/jaeger-shape.ts';
import type { SearchCluster } from './cluster.ts';

/** As Tracekin's requests under load: span-writer.ts. */
const spansPerRequest = 2000;
const requestsAtOnce = 2;

/** Whose span template the index is made with. */
export type TemplateOf = 'Tracekin' | 'Zipkin';

export interface BulkLoopOptions {
  readonly host: string;
  readonly prefix: string;
  readonly spans: number;
  readonly seed: number;
  readonly templateOf: TemplateOf;
}

export interface BulkLoopResult {
  readonly perSecond: number;
  /** Of the search server alone. */
  readonly cpuMicrosPerSpan: number;
}

/**
 * The most that a search server indexes of the documents that Zipkin and Tracekin write: requests are made beforehand and sent one after
 * the other, so nothing but the search server works. Removes its index.
 */
export async function bulkLoop(cluster: SearchCluster, options: BulkLoopOptions): Promise<BulkLoopResult> {
  const { host, prefix, spans, seed, templateOf } = options;
  const names = new IndexNames(prefix, '-');
  await cluster.put(`/_template/${prefix}-span_template`, spanTemplate(prefix, names, templateOf));
  const agent = new Agent({ keepAlive: true });
  try {
    const joined = templateOf === 'Tracekin';
    const bodies = requestBodies(names, spans, seed, joined);
    const query = joined ? '&require_alias=true&pipeline=_none' : '';
    const today = names.of('span', Date.now() - 3_600_000);
    if (joined) await cluster.put(`/${today}`, {});
    const cpuBefore = await cluster.cpuMicros();
    const started = performance.now();
    let next = 0;
    const send = async (): Promise<void> => {
      while (next < bodies.length) {
        const at = next++;
        await post(`${host}/_bulk?filter_path=errors${query}`, bodies[at]!, agent);
        // An index that nobody searches is not refreshed.
        if (at % 5 === 0) await cluster.count(prefix);
      }
    };
    await Promise.all(Array.from({ length: requestsAtOnce }, send));
    const seconds = (performance.now() - started) / 1000;
    const stored = await cluster.spans(prefix);
    if (stored !== spans) throw new Error(`${stored} of ${spans} spans were indexed`);
    return { perSecond: spans / seconds, cpuMicrosPerSpan: ((await cluster.cpuMicros()) - cpuBefore) / spans };
  } finally {
    agent.destroy();
    await cluster.drop(prefix);
  }
}

function spanTemplate(prefix: string, names: IndexNames, templateOf: TemplateOf): object {
  const joinedTerms = templateOf === 'Tracekin';
  const settings = { strictTraceId: true, searchEnabled: true, indexShards: 1, indexReplicas: 0, joinedTerms };
  const ours = structuredClone(templates(prefix, names, settings)[0]!.body) as {
    mappings: { properties: Record<string, object> };
  };
  if (templateOf === 'Tracekin') return ours;
  const { id: _, parentId: __, ...properties } = ours.mappings.properties;
  const _q = { type: 'keyword', norms: false };
  return { ...ours, mappings: { ...ours.mappings, properties: { ...properties, _q } } };
}

function requestBodies(names: IndexNames, spans: number, seed: number, joined: boolean): Buffer[] {
  const now = Date.now();
  const shape = new JaegerShape({ seed, spansPerMessage: 100, startMicros: (now - 3_600_000) * 1000 });
  const lines = new SpanLines(names, { of: () => ({ joined, joins: joined }), version: 0 }, true);
  const runs = new LineRuns();
  for (const message of shape.messages(spans / 100)) lines.add(message, now, runs);
  const queue = new LineQueue(runs.runs);
  return Array.from({ length: Math.ceil(spans / spansPerRequest) }, () => {
    const part = queue.take(spansPerRequest)!;
    return part.body(0, part.length).text as Buffer;
  });
}

function post(url: string, body: Buffer, agent: Agent): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, answer => {
      answer.resume();
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`_bulk was answered ${answer.statusCode}`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
