/** For tests of traced applications: spans in memory instead of a collector. */
import { setTracer } from './default-tracer.ts';
import { InMemoryReporter } from './reporter/in-memory-reporter.ts';
import { Tracer } from './tracer.ts';
import type { TracerOptions } from './tracer-options.ts';

export { InMemoryReporter } from './reporter/in-memory-reporter.ts';

/** A tracer for a test. */
export interface TestTracing extends Disposable {
  readonly tracer: Tracer;
  /** What was finished so far. */
  readonly reporter: InMemoryReporter;
}

/**
 * Makes a tracer that keeps spans in memory and makes it the default one, until disposed:
 * `using tracing = testTracing()`.
 */
export function testTracing(options: Partial<TracerOptions> = {}): TestTracing {
  const reporter = new InMemoryReporter();
  const tracer = new Tracer({ serviceName: 'test', ...options, reporter });
  setTracer(tracer);
  return {
    tracer,
    reporter,
    [Symbol.dispose]: () => setTracer(undefined),
  };
}
