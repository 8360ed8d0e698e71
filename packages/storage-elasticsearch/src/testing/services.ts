/** Address of a service that scripts/services.sh starts. Without it a test is skipped by name; in CI a required one fails. */
export interface Service {
  readonly url: string;
  readonly skip: string | false;
}

/** `name` as in `scripts/services.sh start NAME`. */
export function service(name: string): Service {
  const url = process.env[`TRACEKIN_TEST_${name.toUpperCase().replaceAll('-', '_')}`];
  const missing = `needs a server: scripts/services.sh start ${name}`;
  if (url === undefined && process.env['CI'] !== undefined) throw new Error(missing);
  return { url: url ?? '', skip: url === undefined ? missing : false };
}

/** Calls `read` until `done` holds for its result; fails with the last result after `timeoutMs`. */
export async function eventually<T>(
  read: () => Promise<T>,
  done: (value: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (done(value)) return value;
    if (Date.now() > until) throw new Error(`not reached in ${timeoutMs} ms: ${JSON.stringify(value)?.slice(0, 2000)}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
