import type { Logger } from 'pino';

/** npm passes on the interrupt that the terminal has sent already; that echo is not a second wish to stop. */
const ECHO_MS = 500;

/** Waits for SIGTERM or SIGINT, then closes. A second signal ends the process at once. */
export async function closeOnSignals(close: () => Promise<void>, log: Logger): Promise<void> {
  const signal = await new Promise<NodeJS.Signals>(resolve => {
    let first: number | undefined;
    const onSignal = (name: NodeJS.Signals): void => {
      const now = performance.now();
      first ??= now;
      if (now - first > ECHO_MS) process.exit(130);
      resolve(name);
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  });
  log.info(`${signal}: finishing requests and storing what was accepted; once more to stop at once`);
  await close();
  log.info('stopped');
}
