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

  /** Spans stored under an index prefix, everything written so far included. */
  async spans(index: string): Promise<number> {
    await fetch(`${this.#url}/${index}-span-*/_refresh`, { method: 'POST' });
    return this.#count(index);
  }

  /** Spans that a search sees; refreshing again and again would slow the cluster down. */
  async #count(index: string): Promise<number> {
    return (await this.#json<{ count?: number }>(`/${index}-span-*/_count`)).count ?? 0;
  }

  /** The count when nothing was added for `quietMs`, and when the last addition was seen (`performance.now`). */
  async settled(index: string, quietMs = 4000): Promise<{ count: number; at: number }> {
    let count = await this.spans(index);
    let at = performance.now();
    while (performance.now() - at < quietMs) {
      await new Promise(resolve => setTimeout(resolve, 500));
      const now = await this.#count(index);
      if (now === count) continue;
      count = now;
      at = performance.now();
    }
    return { count, at };
  }

  async drop(prefix: string): Promise<void> {
    for (const index of Object.keys(await this.#json<object>(`/${prefix}*/_alias`))) {
      if (index.startsWith(prefix)) await fetch(`${this.#url}/${index}`, { method: 'DELETE' });
    }
    await fetch(`${this.#url}/_template/${prefix}*`, { method: 'DELETE' });
  }

  async #json<T>(path: string): Promise<T> {
    return (await (await fetch(this.#url + path)).json()) as T;
  }
}
