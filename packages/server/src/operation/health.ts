import type { CheckResult } from '@tracekin/storage';
import type { FastifyPluginCallback } from 'fastify';
import { prettyJson } from './pretty-json.ts';

/** What a component may add for the operator; shown whether it is up or down. */
export type HealthDetails = Readonly<Record<string, string | number | undefined>>;

/** Something whose failure makes the server unfit. */
export interface HealthComponent {
  readonly name: string;
  check(options: { signal: AbortSignal }): Promise<CheckResult & { readonly details?: HealthDetails }>;
}

/** Shorter than the patience of the usual probes. */
const CHECK_LIMIT_MS = 5000;
const TOO_SLOW = 'Timed out computing health status. This often means your storage backend is unreachable.';

/** `/health` and `/actuator/health`: 200 when every component is up, else 503 (zipkin.md 1.6). */
export function health(components: readonly HealthComponent[]): FastifyPluginCallback {
  return (app, _options, done) => {
    for (const [path, type] of [
      ['/health', 'application/json; charset=utf-8'],
      ['/actuator/health', 'application/vnd.spring-boot.actuator.v2+json; charset=utf-8'],
    ] as const) {
      app.get(path, async (_request, reply) => {
        const results = await Promise.all(
          components.map(async component => [component.name, await checkInTime(component)] as const),
        );
        const up = results.every(([, result]) => result.ok);
        const status = up ? 'UP' : 'DOWN';
        const details = Object.fromEntries(
          results.map(([name, result]) => {
            const details = result.ok ? result.details : { error: result.error, ...result.details };
            return [name, { status: result.ok ? 'UP' : 'DOWN', ...(details && { details }) }];
          }),
        );
        return reply
          .code(up ? 200 : 503)
          .header('content-type', type)
          .send(Buffer.from(prettyJson({ status, zipkin: { status, details } })));
      });
    }
    done();
  };
}

async function checkInTime(component: HealthComponent): ReturnType<HealthComponent['check']> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>(resolve => {
    timer = setTimeout(() => {
      abort.abort();
      resolve({ ok: false, error: TOO_SLOW });
    }, CHECK_LIMIT_MS);
  });
  try {
    return await Promise.race([component.check({ signal: abort.signal }), late]);
  } catch (error) {
    return { ok: false, error: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}
