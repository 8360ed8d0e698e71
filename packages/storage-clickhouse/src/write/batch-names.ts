import { pairHash, TERM_SEED, termHash } from './token-hash.ts';

/** What a row of table `names` tells: a service, or what goes with it. `tag` has the key in the place of the service. */
export const NAME_KIND = { service: 0, span: 1, remote: 2, tag: 3 } as const;

export interface NameRow {
  readonly day: number;
  readonly kind: number;
  readonly service: string;
  readonly value: string;
}

/** Index terms of spans with the same names. */
export interface NameTerms {
  readonly hashes: readonly number[];
  /** The bucket in which all of them are known to be frequent. */
  frequentIn: number;
}

/**
 * The distinct names of a batch. Spans come with few combinations of service, name and remote service, so each combination
 * is looked at once and remembered with the terms that it is searched by.
 */
export class BatchNames {
  readonly #terms = new Map<number, NameTerms>();
  readonly #rows = new Map<string, Omit<NameRow, 'day'>>();

  reset(): void {
    this.#terms.clear();
    this.#rows.clear();
  }

  /** Index terms of a span with these names; the indexes identify them within the batch. */
  add(
    service: string,
    name: string,
    remote: string,
    serviceIndex: number,
    nameIndex: number,
    remoteIndex: number,
  ): NameTerms {
    // Exact: a batch has fewer than 2^17 spans (MAX_BLOCK_SPANS), so three indexes fit into 2^51.
    const combination = (serviceIndex * 0x20000 + nameIndex) * 0x20000 + remoteIndex;
    return this.#terms.get(combination) ?? this.#combine(combination, service, name, remote);
  }

  addTag(key: string, value: string): void {
    this.#row(NAME_KIND.tag, key, value);
  }

  rows(day: number): NameRow[] {
    return Array.from(this.#rows.values(), row => ({ day, ...row }));
  }

  #combine(combination: number, service: string, name: string, remote: string): NameTerms {
    const hashes: number[] = [];
    if (service !== '') {
      hashes.push(termHash(TERM_SEED.service, service));
      this.#row(NAME_KIND.service, service, '');
    }
    if (name !== '') {
      hashes.push(termHash(TERM_SEED.name, name));
      if (service !== '') {
        hashes.push(pairHash(TERM_SEED.serviceName, service, name));
        this.#row(NAME_KIND.span, service, name);
      }
    }
    if (remote !== '') {
      hashes.push(termHash(TERM_SEED.remote, remote));
      if (service !== '') {
        hashes.push(pairHash(TERM_SEED.serviceRemote, service, remote));
        this.#row(NAME_KIND.remote, service, remote);
      }
    }
    const terms: NameTerms = { hashes, frequentIn: -1 };
    this.#terms.set(combination, terms);
    return terms;
  }

  #row(kind: number, service: string, value: string): void {
    this.#rows.set(`${kind} ${service.length} ${service}${value}`, { kind, service, value });
  }
}
