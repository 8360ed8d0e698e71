import { TracekinError } from '@tracekin/model';
import { AutocompleteWriter } from './autocomplete-writer.ts';
import { type BulkDocument, type BulkDocuments, listed } from './bulk-document.ts';
import { type Refusal, writeBulk } from './bulk-writer.ts';
import type { Cluster } from './cluster.ts';
import { DocumentBatch } from './document-batch.ts';
import { ensurePipeline, hasPipeline } from './ensure-templates.ts';
import { IndexForms } from './index-forms.ts';
import type { IndexNames } from './index-names.ts';
import { joinPipeline } from './joined-terms.ts';
import { type LinePart, LineQueue, type LineRun } from './line-runs.ts';
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

  /**
   * Resolves when every span is stored or set aside. When it rejects some may be stored; repeating the whole is safe. Nobody looks at the
   * batches once it has settled.
   */
  async write(batches: readonly DocumentBatch[]): Promise<void> {
    const runs = batches.length === 1 ? batches[0]!.lines.runs : batches.flatMap(({ lines }) => lines.runs);
    // Lines of later batches are made for what is seen here; these are right whatever it is.
    await this.#forms.look(new Set(runs.map(({ index }) => index)));
    for (const { pipeline, queue } of this.#byForm(runs)) {
      let failed = false;
      const send = async (): Promise<void> => {
        for (let part = queue.take(this.#size); part !== undefined && !failed; part = queue.take(this.#size)) {
          const taken: LinePart = part;
          await this.#slots
            .use(() => this.#writePart(taken, pipeline))
            .catch(error => {
              // The whole batch comes again: the other sender must not go on beside that.
              failed = true;
              throw error;
            });
        }
      };
      const senders = await Promise.allSettled(Array.from({ length: requestsAtOnce }, send));
      for (const sender of senders) if (sender.status === 'rejected') throw sender.reason;
    }
    if (this.#options.searchEnabled) for (const { values } of batches) await this.#autocomplete.write(values);
  }

  async #writePart(part: LinePart, pipeline: string | undefined): Promise<void> {
    const refused = await this.#writeDocuments(part, pipeline).catch(error => {
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

  /** Returns those that are refused for good. */
  async #writeDocuments(
    documents: BulkDocuments | readonly BulkDocument[],
    pipeline: string | undefined,
  ): Promise<Refusal[]> {
    const { refused, unjoinable } = await writeBulk(this.#cluster, documents, { pipeline });
    if (unjoinable.length === 0) return [...refused];
    for (const { index } of unjoinable) this.#forms.forget(index);
    return [...refused, ...(await this.#writeDocuments(unjoinable.map(listed), this.#options.pipeline))];
  }

  /** Lines that go into the same requests: those of indices of one form. */
  #byForm(runs: readonly LineRun[]): { pipeline: string | undefined; queue: LineQueue }[] {
    const forms = new Map<string, { pipeline: string | undefined; part: LineRun[] }>();
    for (const run of runs) {
      const { joined, index } = run;
      // Joined terms need no pipeline of the index that joins them; one that the operator wants goes before both.
      const pipeline = this.#options.pipeline ?? (joined && this.#forms.of(index).joins ? noPipeline : undefined);
      const key = `${joined} ${pipeline}`;
      const found = forms.get(key);
      if (found === undefined) forms.set(key, { pipeline, part: [run] });
      else found.part.push(run);
    }
    return Array.from(forms.values(), ({ pipeline, part }) => ({ pipeline, queue: new LineQueue(part) }));
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
