import { withContext } from './scope.ts';
import type { Span } from './span.ts';

/** Calls `fn` in the span's scope and finishes the span when the call, or the promise it returns, is over. */
export function runTraced<T>(span: Span, fn: (span: Span) => T): T {
  if (!span.isRecording) return withContext(span.context, fn, span);
  let result: T;
  try {
    result = withContext(span.context, fn, span);
  } catch (error) {
    span.error(error);
    span.finish();
    throw error;
  }
  if (isThenable(result)) return finishWith(span, result) as T;
  span.finish();
  return result;
}

/**
 * A derived promise and not a second branch on the given one: a branch would mark its rejection as handled and hide
 * an error that nobody else handles.
 */
function finishWith(span: Span, promise: PromiseLike<unknown>): PromiseLike<unknown> {
  return promise.then(
    value => {
      span.finish();
      return value;
    },
    error => {
      span.error(error);
      span.finish();
      throw error;
    },
  );
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
