import type { CurrentSpanCustomizer } from './customizer.ts';
import { currentCustomizer } from './customizer.ts';
import { neverSample } from './sampler/sampler.ts';
import type { Span } from './span.ts';
import { Tracer } from './tracer.ts';
import type { SpanOptions } from './tracer-options.ts';

const key = Symbol.for('tracekin.tracer');
const shared = globalThis as { [key]?: Tracer | undefined };

let idle: Tracer | undefined;

/** The tracer of this process; before `setTracer` one which is switched off, so libraries may always call it. */
export function getTracer(): Tracer {
  const tracer = shared[key];
  if (tracer !== undefined) return tracer;
  idle ??= idleTracer();
  return idle;
}

/** Makes `tracer` the one that `trace`, `@traced()` and the instrumentation of this process use. */
export function setTracer(tracer: Tracer | undefined): void {
  shared[key] = tracer;
}

/** `getTracer().trace(…)`: records `fn` as a span, awaits included. */
export function trace<T>(name: string, fn: (span: Span) => T, options?: SpanOptions): T {
  return getTracer().trace(name, fn, options);
}

/** The current span of the default tracer, to describe; never undefined. */
export const currentSpan: CurrentSpanCustomizer = currentCustomizer;

function idleTracer(): Tracer {
  const tracer = new Tracer({ serviceName: 'unknown', sampler: neverSample });
  tracer.enabled = false;
  return tracer;
}
