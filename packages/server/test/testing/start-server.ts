import { MemoryStorage } from '@tracekin/storage';
import { pino } from 'pino';
import { createServer, type RunningServer, type ServerOverrides, type Settings } from '../../src/index.ts';
import { checkAnswer } from './check-answer.ts';
import { type Answer, type Call, call } from './http-client.ts';

export interface TestServer extends AsyncDisposable {
  readonly server: RunningServer;
  /** Sends a request and checks the answer against the OpenAPI document. */
  call(path: string, options?: Call): Promise<Answer>;
  /** Stores spans given as JSON v2. */
  post(spans: readonly object[]): Promise<void>;
}

/** A server on a free port with memory storage and no log. */
export async function startServer(
  settings: Partial<Settings> = {},
  overrides: ServerOverrides = {},
): Promise<TestServer> {
  const storage = overrides.storage ?? new MemoryStorage(settings);
  const server = await createServer(
    { storage: 'mem', port: 0, ...settings },
    { log: pino({ level: 'silent' }), ...overrides, storage },
  );
  const test: TestServer = {
    server,
    async call(path, options = {}) {
      const answer = await call(server.url + path, options);
      if (answer.headers['content-encoding'] === undefined && options.method !== 'HEAD') {
        checkAnswer(options.method ?? 'GET', path, answer);
      }
      return answer;
    },
    async post(spans) {
      const answer = await test.call('/api/v2/spans', { method: 'POST', body: JSON.stringify(spans) });
      if (answer.status !== 202) throw new Error(`${answer.status} ${answer.text}`);
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
  return test;
}
