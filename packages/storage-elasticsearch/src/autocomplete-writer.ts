import { hash } from 'node:crypto';
import type { EpochMillis, Span } from '@tracekin/model';
import type { BulkDocument } from './bulk-document.ts';
import { writeBulk } from './bulk-writer.ts';
import type { Cluster } from './cluster.ts';
import type { IndexNames } from './index-names.ts';
import { spanDay } from './span-document.ts';

/** Longer values are not offered. Characters; Zipkin's limit of a search term. */
const longestValue = 256;
/** The servers' limit of an id. Bytes. */
const longestId = 512;
/** Pairs remembered as written, as Zipkin does (zipkin.md 3.0). */
const rememberedPairs = 20_000;

/** Writes the values of autocomplete keys, once a day each as long as they are remembered. */
export class AutocompleteWriter {
  readonly #cluster: Cluster;
  readonly #names: IndexNames;
  readonly #keys: readonly string[];
  readonly #written = new Set<string>();

  constructor(cluster: Cluster, names: IndexNames, keys: readonly string[]) {
    this.#cluster = cluster;
    this.#names = names;
    this.#keys = keys;
  }

  /** The values of spans that are not known to be written, by day and pair. */
  collect(spans: readonly Span[], now: EpochMillis, into: AutocompleteValues): void {
    if (this.#keys.length === 0) return;
    for (const span of spans) {
      const { tags } = span;
      if (tags === undefined) continue;
      for (const tagKey of this.#keys) {
        const tagValue = Object.hasOwn(tags, tagKey) ? tags[tagKey] : undefined;
        if (tagValue === undefined || tagValue === '' || tagValue.length > longestValue) continue;
        const index = this.#names.of('autocomplete', spanDay(span, now));
        const term = `${tagKey}=${tagValue}`;
        const pair = `${index} ${term}`;
        if (this.#written.has(pair)) continue;
        const id = Buffer.byteLength(term) > longestId ? hash('md5', term) : term;
        into.set(pair, { action: 'index', index, id, source: JSON.stringify({ tagKey, tagValue }) });
      }
    }
  }

  async write(values: AutocompleteValues): Promise<void> {
    const fresh = [...values].filter(([pair]) => !this.#written.has(pair));
    await writeBulk(
      this.#cluster,
      fresh.map(([, document]) => document),
    );
    if (this.#written.size > rememberedPairs) this.#written.clear();
    for (const [pair] of fresh) this.#written.add(pair);
  }
}

/** Documents of autocomplete values, each once. */
export type AutocompleteValues = Map<string, BulkDocument>;
