import type { TraceContext } from '../trace-context.ts';

/** The part of AsyncLocalStorage that the tracer needs; what every platform file provides as `contextStorage`. */
export interface ContextStorage {
  getStore(): TraceContext | undefined;
  run<A extends unknown[], R>(store: TraceContext | undefined, fn: (...args: A) => R, ...args: A): R;
  /** Replaces the store for the rest of the current synchronous execution and what it starts. */
  enterWith(store: TraceContext | undefined): void;
}
