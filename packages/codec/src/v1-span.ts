import type { Endpoint } from '@tracekin/model';

/** An event with the service that saw it. Core values: cs, cr, sr, ss (RPC), ms, mr, ws, wr (messaging). */
export interface V1Annotation {
  readonly timestamp: number;
  readonly value: string;
  readonly endpoint: Endpoint | undefined;
}

/** A tag with the service that set it; or, with `value` undefined, the address of the other side (`sa`, `ca`, `ma`). */
export interface V1BinaryAnnotation {
  readonly key: string;
  readonly value: string | undefined;
  readonly endpoint: Endpoint | undefined;
}

/**
 * A span of Zipkin's first model: no kind, no endpoints of its own, and possibly the reports of several services in one.
 * Ids, names and endpoints are normalised as in `Span`; a time of 0 or less is undefined.
 */
export interface V1Span {
  readonly traceId: string;
  readonly parentId: string | undefined;
  readonly id: string;
  readonly name: string | undefined;
  readonly timestamp: number | undefined;
  readonly duration: number | undefined;
  readonly annotations: readonly V1Annotation[];
  readonly binaryAnnotations: readonly V1BinaryAnnotation[];
  readonly debug: boolean;
}
