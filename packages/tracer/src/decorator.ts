import { getTracer } from './default-tracer.ts';
import type { SpanOptions } from './tracer-options.ts';

/** What a standard (TC39) method decorator is given; the part that is used here. */
interface MethodContext {
  readonly kind: string;
  readonly name: string | symbol;
}

/**
 * Records every call of a method as a span, to the settling of its promise if it returns one.
 *
 * `@traced()` names the span after the method, `@traced('load user')` as given. A standard decorator: no compiler flag.
 */
export function traced(
  name?: string,
  options?: SpanOptions,
): <This, A extends unknown[], R>(
  method: (this: This, ...args: A) => R,
  context: MethodContext,
) => (this: This, ...args: A) => R {
  return (method, context) => {
    if (context.kind !== 'method') throw new TypeError(`@traced() is for methods, not for a ${context.kind}`);
    const spanName = name ?? String(context.name);
    // The tracer is looked up at each call: classes are usually defined before tracing starts.
    return function (...args) {
      return getTracer().trace(spanName, () => method.apply(this, args), options);
    };
  };
}
