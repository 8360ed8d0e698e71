import { it } from 'node:test';

/** Test servers that `scripts/services.sh` starts, by the variable that holds their address. */
export type Service = 'MYSQL' | 'POSTGRES' | 'REDIS' | 'RABBITMQ' | 'KAFKA';

/**
 * A test that needs a real server: `address` is that of TRACEKIN_TEST_… . Without it the test is skipped by name, and fails in CI,
 * where every server has to be there.
 */
export function withService(service: Service, title: string, test: (address: string) => Promise<void>): void {
  const variable = `TRACEKIN_TEST_${service}`;
  const address = process.env[variable];
  if (address !== undefined) it(title, () => test(address));
  else if (process.env['CI'] === 'true') it(title, () => Promise.reject(new Error(`${variable} is not set`)));
  else it(title, { skip: `${variable} is not set` });
}
