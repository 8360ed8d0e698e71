import { type Cluster, statusOf } from './cluster.ts';
import type { IndexNames } from './index-names.ts';
import { joinPipeline } from './joined-terms.ts';
import type { Log } from './options.ts';
import { type Template, type TemplateSettings, templates } from './templates.ts';

/**
 * Writes those templates that are missing: one that exists may be the operator's own, and is left as it is (as by Zipkin). Where the
 * cluster cannot join terms, or these credentials may not tell it to, the span template lists them as Zipkin's does.
 */
export async function ensureTemplates(
  cluster: Cluster,
  prefix: string,
  names: IndexNames,
  settings: TemplateSettings,
  log: Log,
): Promise<void> {
  await Promise.all(
    templates(prefix, names, settings).map(async template => {
      if (await exists(cluster, template)) {
        // Without the pipeline that it names nothing could be indexed.
        if (template.type === 'span' && (await usesPipeline(cluster, template))) await ensurePipeline(cluster);
      } else if (template.type !== 'span' || !settings.joinedTerms) await put(cluster, template);
      else await putJoined(cluster, template, templates(prefix, names, { ...settings, joinedTerms: false }), log);
    }),
  );
}

async function putJoined(cluster: Cluster, joined: Template, listed: readonly Template[], log: Log): Promise<void> {
  try {
    await ensurePipeline(cluster);
    await put(cluster, joined);
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || status === 429 || status >= 500) throw error;
    log('warn', `Spans are indexed in Zipkin's form, which costs the cluster more: ${(error as Error).message}`);
    for (const template of listed) if (template.type === 'span') await put(cluster, template);
  }
}

/** Makes the pipeline of joined indices where it is missing. */
export async function ensurePipeline(cluster: Cluster): Promise<void> {
  const { id, body } = joinPipeline;
  if (!(await hasPipeline(cluster, id))) await cluster.request({ method: 'PUT', path: pipelinePath(id), body });
}

/** Whether the cluster has an ingest pipeline. */
export async function hasPipeline(cluster: Cluster, id: string): Promise<boolean> {
  return (await cluster.request({ method: 'GET', path: pipelinePath(id) })).status !== 404;
}

function pipelinePath(id: string): string {
  return `/_ingest/pipeline/${encodeURIComponent(id)}`;
}

async function exists(cluster: Cluster, { path }: Template): Promise<boolean> {
  return (await cluster.request({ method: 'HEAD', path })).status !== 404;
}

async function usesPipeline(cluster: Cluster, { path }: Template): Promise<boolean> {
  const { body } = await cluster.request<unknown>({ method: 'GET', path });
  return JSON.stringify(body).includes(JSON.stringify(joinPipeline.id));
}

async function put(cluster: Cluster, { path, body }: Template): Promise<void> {
  await cluster.request({ method: 'PUT', path, body });
}
