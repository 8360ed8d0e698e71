/** From this many services on, lists of names are worth caching (zipkin.md 1.1). */
const CACHE_ABOVE = 3;

/**
 * Decides which lists of names browsers may cache. Zipkin caches span and remote service names only once the last answer
 * of `/services` was long, so that a newcomer who has just sent a first span sees it.
 */
export class NamesCache {
  readonly header: string;
  #manyServices = false;

  constructor(maxAgeSeconds: number) {
    this.header = `max-age=${maxAgeSeconds}, must-revalidate`;
  }

  services(count: number): string | undefined {
    this.#manyServices = count > CACHE_ABOVE;
    return this.names();
  }

  names(): string | undefined {
    return this.#manyServices ? this.header : undefined;
  }

  values(count: number): string | undefined {
    return count > CACHE_ABOVE ? this.header : undefined;
  }
}
