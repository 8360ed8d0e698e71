/** What the query API has to be told. */
export interface QuerySettings {
  /** Time limit of a query in milliseconds; 0 for none. Zipkin's QUERY_TIMEOUT. */
  readonly queryTimeoutMs: number;
  /** How far back a query without `lookback` reaches, in milliseconds. Zipkin's QUERY_LOOKBACK. */
  readonly queryLookbackMs: number;
  /** Largest `limit` that is accepted. */
  readonly queryMaxLimit: number;
  /** `max-age` of lists of names. */
  readonly namesMaxAgeSeconds: number;
  /** Sorted, unique. Zipkin's AUTOCOMPLETE_KEYS. */
  readonly autocompleteKeys: readonly string[];
  /** Whether traces may be deleted. */
  readonly deleteEnabled: boolean;
}
