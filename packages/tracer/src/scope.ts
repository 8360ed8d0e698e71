import { contextStorage } from '#platform';
import { SUPPRESSED, type TraceContext } from './trace-context.ts';

/**
 * The context of the running code, or undefined outside of any trace.
 *
 * A `using` scope inside an async function is also seen by its caller (the platform offers nothing narrower), so a scope
 * that has ended is skipped in favour of the one around it.
 */
export function currentContext(): TraceContext | undefined {
  let context = contextStorage.getStore();
  while (context?.exited) context = context.outer;
  return context;
}

/** Calls `fn` with `context` current, in its asynchronous continuations too. `undefined` means outside of any trace. */
export function withContext<A extends unknown[], R>(
  context: TraceContext | undefined,
  fn: (...args: A) => R,
  ...args: A
): R {
  return contextStorage.run(context, fn, ...args);
}

/** @internal Makes `context` current for the rest of this execution. */
export function enterContext(context: TraceContext | undefined): void {
  contextStorage.enterWith(context);
}

/** Calls `fn` untraced: no spans, and no trace headers on requests it makes. */
export function withoutTracing<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
  return contextStorage.run(SUPPRESSED, fn, ...args);
}
