import type { Tracer } from '../tracer.ts';

/** Makes one library's work visible; a row of the table in `all.ts`. */
export interface Instrumentation {
  /** As in TRACEKIN_DISABLE, e.g. `http-server`. */
  readonly name: string;
  /** Subscribes; returns how to undo it. */
  install(tracer: Tracer): () => void;
}
