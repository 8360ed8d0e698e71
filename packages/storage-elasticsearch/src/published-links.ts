import { type DependencyLink, DependencyLinker, type EpochMicros, type EpochMillis } from '@tracekin/model';
import type { BulkDocument } from './bulk-document.ts';
import { writeBulk } from './bulk-writer.ts';
import type { Cluster } from './cluster.ts';
import type { IndexNames } from './index-names.ts';
import type { LinkDocuments } from './link-documents.ts';
import type { Log } from './options.ts';
import { type Hit, readDocuments, searchPath } from './read-documents.ts';

const dayMs = 86_400_000;
const publishEveryMs = 60_000;

/** A document of Zipkin's `dependency` index. */
interface LinkSource extends DependencyLink {
  /** Set on what Tracekin wrote, so that it is not taken for the work of Zipkin's own job. */
  readonly tracekin?: true;
}

export interface PublishedLinksOptions {
  readonly cluster: Cluster;
  readonly names: IndexNames;
  readonly links: LinkDocuments;
  readonly log: Log;
}

/**
 * The daily totals in the `dependency` indices that Zipkin reads. Tracekin keeps them up to date for Zipkin servers on the same cluster,
 * and takes from them what Zipkin's own job counted for spans that Tracekin never saw.
 */
export class PublishedLinks {
  readonly #options: PublishedLinksOptions;
  readonly #dirty = new Set<EpochMillis>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: PublishedLinksOptions) {
    this.#options = options;
  }

  /** Notes days whose totals have changed; they are published within a minute. */
  changed(timestamps: readonly EpochMicros[]): void {
    for (const timestamp of timestamps) this.#dirty.add(startOfDay(Math.floor(timestamp / 1000)));
    if (this.#timer !== undefined || this.#closed || this.#dirty.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.publish().catch(error =>
        this.#options.log('warn', `Daily links are published later: ${(error as Error).message}`),
      );
    }, publishEveryMs);
    this.#timer.unref();
  }

  /** Writes the totals of every changed day. On failure the days stay noted. */
  async publish(): Promise<void> {
    const days = [...this.#dirty];
    if (days.length === 0) return;
    await this.#options.links.refresh();
    for (const day of days) {
      this.#dirty.delete(day);
      try {
        await this.#publishDay(day);
      } catch (error) {
        this.#dirty.add(day);
        throw error;
      }
    }
  }

  async #publishDay(day: EpochMillis): Promise<void> {
    const { cluster, links, names } = this.#options;
    const index = names.of('dependency', day);
    const totals = await links.sum(day * 1000, (day + dayMs) * 1000 - 1);
    const present = await this.#documents([index]);
    const theirs = new Map(present.filter(isForeign).map(({ _source }) => [key(_source), _source]));
    const mine = totals.filter(link => link.callCount > (theirs.get(key(link))?.callCount ?? 0));
    await writeBulk(
      cluster,
      mine.map(link => document(index, link)),
    );
    // A deleted trace may have been the only one with a link.
    const counted = new Set(totals.map(key));
    const gone = present.filter(hit => !isForeign(hit) && !counted.has(key(hit._source)));
    await writeBulk(
      cluster,
      gone.map(hit => ({ index: hit._index, id: hit._id, action: 'delete' })),
    );
  }

  /**
   * The links of a window: Tracekin's own, exact to the microsecond, and for days that Zipkin's job counted the larger of both counts
   * of a link where the window holds the whole day or nothing of Tracekin's. Zipkin's job knows whole days only.
   */
  async combine(from: EpochMillis, to: EpochMillis, signal?: AbortSignal): Promise<DependencyLink[]> {
    const { links, names } = this.#options;
    const hits = (await this.#documents(names.window('dependency', from, to), signal)).filter(isForeign);
    // A timestamp is rounded down to its millisecond, so every microsecond of the last one is inside.
    const [first, last] = [from * 1000, to * 1000 + 999];
    const own = await links.sum(first, last, signal);
    if (hits.length === 0) return own;

    const byDay = new Map<EpochMillis, DependencyLink[]>();
    for (const { _index, _source } of hits) {
      const day = names.dayOf('dependency', _index);
      if (day === undefined) continue;
      const list = byDay.get(day);
      if (list === undefined) byDay.set(day, [_source]);
      else list.push(_source);
    }
    const sums = new DependencyLinker().addLinks(own);
    for (const [day, theirs] of byDay) {
      const whole = from <= day && to >= day + dayMs - 1;
      const ours = await links.sum(Math.max(first, day * 1000), Math.min(last, (day + dayMs) * 1000 - 1), signal);
      if (ours.length > 0 && !whole) continue;
      const counted = new Map(ours.map(link => [key(link), link]));
      sums.addLinks(theirs.map(link => beyond(link, counted.get(key(link)))).filter(link => link.callCount > 0));
    }
    return sums.links();
  }

  /** Publishes what is noted and stops. A failure is logged: the next change of the day publishes it again. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.publish().catch(error =>
      this.#options.log('warn', `Daily links were not published: ${(error as Error).message}`),
    );
  }

  async #documents(indices: readonly string[], signal?: AbortSignal): Promise<Hit<LinkSource>[]> {
    if (indices.length === 0) return [];
    const { cluster, names } = this.#options;
    const path = searchPath(indices, names.all('dependency'));
    return readDocuments<LinkSource>(cluster, path, { match_all: {} }, { signal });
  }
}

/** Written by Zipkin's own job. */
function isForeign(hit: Hit<LinkSource>): boolean {
  return hit._source.tracekin !== true;
}

/** What `theirs` counts more than `ours`. */
function beyond(theirs: DependencyLink, ours: DependencyLink | undefined): DependencyLink {
  const callCount = theirs.callCount - (ours?.callCount ?? 0);
  const errorCount = (theirs.errorCount ?? 0) - (ours?.errorCount ?? 0);
  return { parent: theirs.parent, child: theirs.child, callCount, ...(errorCount > 0 && { errorCount }) };
}

function document(index: string, link: DependencyLink): BulkDocument {
  const source: LinkSource = { ...link, tracekin: true };
  return { index, id: `${link.parent}|${link.child}`, action: 'index', source: JSON.stringify(source) };
}

function key({ parent, child }: DependencyLink): string {
  return JSON.stringify([parent, child]);
}

function startOfDay(timestamp: EpochMillis): EpochMillis {
  return Math.floor(timestamp / dayMs) * dayMs;
}
