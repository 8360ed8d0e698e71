import type { Cluster } from './cluster.ts';
import { joinedAlias, joinPipeline, termsField } from './joined-terms.ts';

/** How spans are written to an index. */
export interface IndexForm {
  /** Terms as one text, through the index's alias; else as Zipkin does. */
  readonly joined: boolean;
  /** The index joins the terms of what is written to it, which joined documents need not go through. */
  readonly joins: boolean;
}

/** As Zipkin writes, which is right whatever the index: its pipeline joins the terms where that is needed. */
export const listedForm: IndexForm = { joined: false, joins: false };
/** Days that are written to at once; spans of odd times may be of more. */
const mostRemembered = 1000;

interface IndexInfo {
  readonly aliases?: Readonly<Record<string, object>>;
  readonly mappings?: {
    readonly properties?: { readonly _q?: { readonly type?: string; readonly analyzer?: string } };
  };
  readonly settings?: { readonly index?: { readonly default_pipeline?: string } };
}

/** Remembers which of the days' indices were made by Tracekin's template and which by Zipkin's. */
export class IndexForms {
  readonly #cluster: Cluster;
  readonly #forms = new Map<string, IndexForm>();
  /** Changes whenever something else is known. */
  version = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** What was seen when the index was looked at. */
  of(index: string): IndexForm {
    return this.#forms.get(index) ?? listedForm;
  }

  /** Looks at those of these indices that are not known. One that does not exist yet, or may not be looked at, stays unknown. */
  async look(indices: Iterable<string>): Promise<void> {
    for (const index of indices) {
      if (this.#forms.has(index)) continue;
      const form = await this.#read(index);
      if (form === undefined) continue;
      if (this.#forms.size >= mostRemembered) this.#forms.clear();
      this.#forms.set(index, form);
      this.version += 1;
    }
  }

  /** Its alias is gone: it may have been made anew. */
  forget(index: string): void {
    this.#forms.delete(index);
    this.version += 1;
  }

  async #read(index: string): Promise<IndexForm | undefined> {
    const { status, body } = await this.#cluster.request<Readonly<Record<string, IndexInfo>>>({
      method: 'GET',
      path: `/${index}`,
      query: { filter_path: '*.aliases,*.mappings.properties._q,*.settings.index.default_pipeline' },
    });
    const found = status === 404 ? undefined : body[index];
    if (found === undefined) return undefined;
    const { aliases = {}, mappings, settings } = found;
    const terms = mappings?.properties?._q;
    const joined =
      Object.hasOwn(aliases, joinedAlias(index)) &&
      terms?.type === termsField.type &&
      terms.analyzer === termsField.analyzer;
    return { joined, joins: settings?.index?.default_pipeline === joinPipeline.id };
  }
}
