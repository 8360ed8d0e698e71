import { TracekinError } from '@tracekin/model';
import { AutocompleteWriter } from './autocomplete-writer.ts';
import { type BulkDocument, listed, type Refusal, writeBulk } from './bulk-writer.ts';
import type { Cluster } from './cluster.ts';
import { DocumentBatch } from './document-batch.ts';
import { ensurePipeline, hasPipeline } from './ensure-templates.ts';
import { IndexForms } from './index-forms.ts';
import type { IndexNames } from './index-names.ts';
import { joinPipeline } from './joined-terms.ts';
import type { ElasticsearchOptions } from './options.ts';
import { RefusedSpans } from './refused-spans.ts';
import { Slots } from './slots.ts';
import { SpanLines } from './span-lines.ts';

const dayMs = 86_400_000;
/**
 * Spans of a request: a body of about 3 MB. A slow cluster takes 1000 spans a second; with two requests under way it still answers well
 * within ES_TIMEOUT.
 */
export const spansPerRequest = 2000;
/** Where requests stop getting smaller after a time-out. */
const fewestSpans = 125;
/**
 * Requests under way, over all batches. The cluster works on one while the next comes in; with more its threads write more and smaller
 * segments, which it has to merge.
 */
const requestsAtOnce = 2;
/** The servers' word for none, not even that of the index. */
const noPipeline = '_none';

/** Writes spans and their autocomplete values to the day's indices; what is refused for good is set aside. */
export class SpanWriter {
  readonly #cluster: Cluster;
  readonly #names: IndexNames;
  readonly #options: ElasticsearchOptions;
  readonly #forms: IndexForms;
  readonly #lines: SpanLines;
  readonly #autocomplete: AutocompleteWriter;
  readonly #refused: RefusedSpans;
  readonly #slots = new Slots(requestsAtOnce);
  /** Halved by a time-out, so that a slow cluster gets through with something before the next; grows again. */
  #size = spansPerRequest;

  constructor(cluster: Cluster, names: IndexNames, options: ElasticsearchOptions) {
    this.#cluster = cluster;
    this.#names = names;
    this.#options = options;
    this.#forms = new IndexForms(cluster);
    this.#lines = new SpanLines(names, this.#forms, options.searchEnabled);
    this.#autocomplete = new AutocompleteWriter(cluster, names, options.autocompleteKeys);
    this.#refused = new RefusedSpans(options.stateDir, options.log);
  }

  /** Takes spans to be written. Does no I/O. */
  open(): DocumentBatch {
    return new DocumentBatch(this.#lines, this.#autocomplete);
  }

  /** Resolves when every span is stored or set aside. When it rejects some may be stored; repeating the whole is safe. */
  async write(batches: readonly DocumentBatch[]): Promise<void> {
    const documents = batches.length === 1 ? batches[0]!.documents : batches.flatMap(batch => batch.documents);
    // Documents of later batches are made for what is seen here; these are right whatever it is.
    await this.#forms.look(new Set(documents.map(({ index }) => index)));
    let next = 0;
    const send = async (): Promise<void> => {
      while (next < documents.length) {
        const part = documents.slice(next, next + this.#size);
        next += part.length;
        await this.#slots
          .use(() => this.#writePart(part))
          .catch(error => {
            // The whole batch comes again: the other sender must not go on beside that.
            next = documents.length;
            throw error;
          });
      }
    };
    await Promise.all(Array.from({ length: requestsAtOnce }, send));
    if (this.#options.searchEnabled) for (const { values } of batches) await this.#autocomplete.write(values);
  }

  async #writePart(documents: readonly BulkDocument[]): Promise<void> {
    const refused = await this.#writeDocuments(documents).catch(error => {
      if ((error as TracekinError).code === 'timeout') this.#size = Math.max(fewestSpans, this.#size >> 1);
      throw error;
    });
    this.#size = Math.min(spansPerRequest, this.#size + (this.#size >> 3));
    if (refused.length === 0) return;
    await this.#checkPipeline(refused);
    const blocked = refused.find(refusal => refusal.blocked && this.#isCurrent(refusal));
    if (blocked !== undefined) {
      throw new TracekinError('unavailable', `Elasticsearch takes no spans of today: ${blocked.reason}`, {
        retryAfterMs: 5000,
      });
    }
    await this.#refused.setAside(refused);
  }

  /** In one request unless they are for indices of several forms. Returns those that are refused for good. */
  async #writeDocuments(documents: readonly BulkDocument[]): Promise<Refusal[]> {
    const all: Refusal[] = [];
    for (const { pipeline, part } of this.#byForm(documents)) {
      const { refused, unjoinable } = await writeBulk(this.#cluster, part, { pipeline });
      all.push(...refused);
      if (unjoinable.length === 0) continue;
      for (const { index } of unjoinable) this.#forms.forget(index);
      all.push(...(await this.#writeDocuments(unjoinable.map(listed))));
    }
    return all;
  }

  #byForm(documents: readonly BulkDocument[]): { pipeline: string | undefined; part: BulkDocument[] }[] {
    const parts = new Map<string, { pipeline: string | undefined; part: BulkDocument[] }>();
    for (const document of documents) {
      const { joined, index } = document;
      // Joined terms need no pipeline of the index that joins them; one that the operator wants goes before both.
      const pipeline = this.#options.pipeline ?? (joined && this.#forms.of(index).joins ? noPipeline : undefined);
      const key = `${joined === true} ${pipeline}`;
      const found = parts.get(key);
      if (found === undefined) parts.set(key, { pipeline, part: [document] });
      else found.part.push(document);
    }
    return [...parts.values()];
  }

  /** Whether a refusal is about an index that spans of now go to. Older ones may be closed or read-only on purpose. */
  #isCurrent({ document }: Refusal): boolean {
    const now = Date.now();
    return [now - dayMs, now, now + dayMs].some(day => document.index === this.#names.of('span', day));
  }

  /** A pipeline that is missing makes every document a bad one: the operator's, or that of indices that join terms. */
  async #checkPipeline(refused: readonly Refusal[]): Promise<void> {
    const { pipeline, ensureTemplates } = this.#options;
    if (pipeline === undefined && (!ensureTemplates || refused.every(({ document }) => document.joined))) return;
    if (await hasPipeline(this.#cluster, pipeline ?? joinPipeline.id)) return;
    if (pipeline === undefined) {
      const made = await ensurePipeline(this.#cluster).then(
        () => true,
        () => false,
      );
      // Where it cannot be made, no template names it.
      if (!made) return;
    }
    const whose = pipeline === undefined ? 'Index template' : 'ES_PIPELINE';
    const reason = `${whose}: the cluster had no ingest pipeline ${pipeline ?? joinPipeline.id}`;
    throw new TracekinError('unavailable', reason, { retryAfterMs: 5000 });
  }
}
