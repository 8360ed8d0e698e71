import type { IndexNames, IndexType } from './index-names.ts';
import { joinedAlias, joinPipeline, termsAnalysis, termsField } from './joined-terms.ts';

/** What of the settings shapes the indices. */
export interface TemplateSettings {
  readonly strictTraceId: boolean;
  readonly searchEnabled: boolean;
  readonly indexShards: number;
  readonly indexReplicas: number;
  readonly templatePriority?: number | undefined;
  /** Search terms as one text (joined-terms.ts) instead of Zipkin's list. */
  readonly joinedTerms: boolean;
}

/** One template: where it is PUT and what. */
export interface Template {
  readonly type: IndexType;
  readonly path: string;
  readonly body: object;
}

const keyword = { type: 'keyword', norms: false };
/**
 * Found by its terms, as in Zipkin's templates, but with no column to sort or count by: nobody does, and `_q` has two terms a tag.
 */
const found = { ...keyword, doc_values: false };
/** Only read as a part of its span: neither server asks for a span by it, and an index over values of which each is new is dear. */
const readOnly = { type: 'keyword', index: false, doc_values: false };

/**
 * The templates of Zipkin (zipkin.md 3.2), so that either server may create an index and both can use it, less what neither
 * reads; and one for Tracekin's own `trace-link` index. Legacy templates unless a priority is set, as Zipkin does.
 */
export function templates(prefix: string, names: IndexNames, settings: TemplateSettings): Template[] {
  const types: readonly IndexType[] = settings.searchEnabled
    ? ['span', 'dependency', 'autocomplete', 'trace-link']
    : ['span', 'dependency', 'trace-link'];
  return types.map(type => {
    const content = {
      settings: indexSettings(type, settings),
      mappings: mappings(type, settings),
      ...(type === 'span' && isJoined(settings) && { aliases: { [joinedAlias('{index}')]: {} } }),
    };
    const head = { index_patterns: [names.all(type)] };
    return settings.templatePriority === undefined
      ? { type, path: `/_template/${prefix}-${type}_template`, body: { ...head, ...content } }
      : {
          type,
          path: `/_index_template/${prefix}-${type}_template`,
          body: { ...head, priority: settings.templatePriority, template: content },
        };
  });
}

/** Without search there are no terms. */
function isJoined({ joinedTerms, searchEnabled }: TemplateSettings): boolean {
  return joinedTerms && searchEnabled;
}

function indexSettings(type: IndexType, settings: TemplateSettings): object {
  const common = {
    'index.number_of_shards': settings.indexShards,
    'index.number_of_replicas': settings.indexReplicas,
    'index.requests.cache.enable': true,
  };
  // Only Tracekin reads it, and refreshes it first.
  if (type === 'trace-link') return { ...common, 'index.refresh_interval': '30s' };
  if (type !== 'span') return common;
  const joined = isJoined(settings);
  // A 128-bit id is indexed as a whole and by its last 16 characters, so that either finds it.
  const low = settings.strictTraceId
    ? undefined
    : {
        analyzer: { traceId_analyzer: { type: 'custom', tokenizer: 'keyword', filter: 'traceId_filter' } },
        filter: {
          traceId_filter: { type: 'pattern_capture', patterns: ['([0-9a-f]{1,16})$'], preserve_original: true },
        },
      };
  if (!joined) return { ...common, ...(low !== undefined && { analysis: low }) };
  return {
    ...common,
    'index.default_pipeline': joinPipeline.id,
    analysis: {
      ...low,
      tokenizer: termsAnalysis.tokenizer,
      analyzer: { ...low?.analyzer, ...termsAnalysis.analyzer },
    },
  };
}

function mappings(type: IndexType, settings: TemplateSettings): object {
  switch (type) {
    case 'span':
      return spanMappings(settings);
    case 'dependency':
      return { enabled: false };
    case 'autocomplete':
      return { enabled: true, properties: { tagKey: keyword, tagValue: keyword } };
    case 'trace-link':
      return { dynamic: false, properties: { timestamp: { type: 'long' }, calls: { ...keyword, index: false } } };
    default:
      throw type satisfies never;
  }
}

function spanMappings(settings: TemplateSettings): object {
  const traceId = settings.strictTraceId ? keyword : { type: 'text', fielddata: true, analyzer: 'traceId_analyzer' };
  if (!settings.searchEnabled) {
    return { properties: { traceId, annotations: { enabled: false }, tags: { enabled: false } } };
  }
  const endpoint = { type: 'object', dynamic: false, properties: { serviceName: keyword } };
  return {
    // Costs the cluster a fifth of its time a span, but Zipkin cannot read a document with a list that it does not know.
    ...(settings.joinedTerms ? {} : { _source: { excludes: ['_q'] } }),
    dynamic_templates: [
      { strings: { mapping: { ...keyword, ignore_above: 256 }, match_mapping_type: 'string', match: '*' } },
    ],
    properties: {
      traceId,
      id: readOnly,
      parentId: readOnly,
      name: keyword,
      localEndpoint: endpoint,
      remoteEndpoint: endpoint,
      timestamp_millis: { type: 'date', format: 'epoch_millis' },
      duration: { type: 'long' },
      annotations: { enabled: false },
      tags: { enabled: false },
      _q: settings.joinedTerms ? termsField : found,
    },
  };
}
