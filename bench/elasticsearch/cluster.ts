/** What the benchmark asks the search server directly. */
export class SearchCluster {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Product and version. */
  async describe(): Promise<string> {
    const { version } = await this.#json<{ version: { number: string; distribution?: string } }>('/');
    return `${version.distribution ?? 'elasticsearch'} ${version.number}`;
  }

  /** Spans stored under an index prefix, everything written so far included. Counts as a search, so refreshes go on for 30 s. */
  async spans(index: string): Promise<number> {
    await fetch(`${this.#url}/${index}-span-*/_refresh`, { method: 'POST' });
    return this.count(index);
  }

  /** Those of them that a search sees. */
  async count(index: string): Promise<number> {
    return (await this.#json<{ count?: number }>(`/${index}-span-*/_count`)).count ?? 0;
  }

  async put(path: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(this.#url + path, { method: 'PUT', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
  }

  /** User and system time of all nodes so far, microseconds. */
  async cpuMicros(): Promise<number> {
    interface Stats {
      readonly nodes: Readonly<Record<string, { readonly process: { readonly cpu: { total_in_millis: number } } }>>;
    }
    const { nodes } = await this.#json<Stats>('/_nodes/stats/process');
    return Object.values(nodes).reduce((sum, node) => sum + node.process.cpu.total_in_millis * 1000, 0);
  }

  /**
   * The count when it has reached `wanted` or nothing was written for `quietMs`, and when the last write was seen (`performance.now`).
   * Writes are seen in the statistics, which cost the cluster no refresh.
   */
  async settled(index: string, wanted: number, quietMs = 12_000): Promise<{ count: number; at: number }> {
    let written = -1;
    let at = performance.now();
    for (;;) {
      const now = await this.#written(index);
      if (now !== written) at = performance.now();
      else if (performance.now() - at > 600) {
        const count = await this.spans(index);
        if (count >= wanted || performance.now() - at > quietMs) return { count, at };
      }
      written = now;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }

  async drop(prefix: string): Promise<void> {
    for (const index of Object.keys(await this.#json<object>(`/${prefix}*/_alias`))) {
      if (index.startsWith(prefix)) await fetch(`${this.#url}/${index}`, { method: 'DELETE' });
    }
    await fetch(`${this.#url}/_template/${prefix}*`, { method: 'DELETE' });
  }

  async #written(index: string): Promise<number> {
    interface Stats {
      readonly _all?: { readonly primaries: { readonly indexing?: { readonly index_total: number } } };
    }
    const stats = await this.#json<Stats>(`/${index}-span-*/_stats/indexing`);
    return stats._all?.primaries.indexing?.index_total ?? 0;
  }

  async #json<T>(path: string): Promise<T> {
    return (await (await fetch(this.#url + path)).json()) as T;
  }
}
