import type { BatchReporter } from './reporter/batch-reporter.ts';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** A supervisor usually waits ten seconds or more before it kills; this leaves nearly all of it to the application. */
const EXIT_FLUSH_MS = 1_000;

/**
 * Sends what is queued when the process ends, however it ends short of a crash:
 * - it runs out of work: one flush, awaited;
 * - `process.exit`: through the sender's blocking door;
 * - a signal that nobody else listens to: a flush of at most a second, after which the signal is raised again, so that the
 *   process dies of it as it would have without tracing. With another listener the application decides; only a flush is started.
 *
 * Returns a function that takes all listeners off again.
 */
export function flushOnExit(reporter: BatchReporter): () => void {
  const onBeforeExit = (): void => {
    // Once: work done here makes the event come again.
    process.off('beforeExit', onBeforeExit);
    void reporter.flush(EXIT_FLUSH_MS);
  };
  const onExit = (): void => reporter.flushBlocking();
  const onSignal = (signal: NodeJS.Signals): void => {
    const flushed = reporter.flush(EXIT_FLUSH_MS);
    if (process.listenerCount(signal) > 1) return;
    void flushed.then(() => {
      remove();
      process.kill(process.pid, signal);
    });
  };
  const remove = (): void => {
    process.off('beforeExit', onBeforeExit);
    process.off('exit', onExit);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return remove;
}
