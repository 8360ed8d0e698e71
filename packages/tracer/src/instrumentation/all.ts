import { TracekinError } from '@tracekin/model';
import type { Tracer } from '../tracer.ts';
import { express } from './express.ts';
import { fastify } from './fastify.ts';
import { graphql } from './graphql.ts';
import type { Instrumentation } from './instrumentation.ts';
import { mysql2 } from './mysql2.ts';
import { nodeHttpClient } from './node-http-client.ts';
import { nodeHttpServer } from './node-http-server.ts';
import { platformaticKafka } from './platformatic-kafka.ts';
import { ioredis, redis } from './redis.ts';
import { undici } from './undici.ts';

/** Everything that needs no call by the application. */
export const INSTRUMENTATIONS: readonly Instrumentation[] = [
  nodeHttpServer,
  nodeHttpClient,
  undici,
  express,
  fastify,
  graphql,
  mysql2,
  redis,
  ioredis,
  platformaticKafka,
];

/** Installs all but `disabled`; returns how to undo it. Refuses unknown names with code `invalid-configuration`. */
export function installAll(tracer: Tracer, disabled: readonly string[] = []): () => void {
  const known = INSTRUMENTATIONS.map(({ name }) => name);
  const unknown = disabled.find(name => !known.includes(name));
  if (unknown !== undefined) {
    throw new TracekinError(
      'invalid-configuration',
      `unknown instrumentation "${unknown}", known: ${known.join(', ')}`,
    );
  }
  const undo: (() => void)[] = [];
  for (const instrumentation of INSTRUMENTATIONS) {
    if (disabled.includes(instrumentation.name)) continue;
    try {
      undo.push(instrumentation.install(tracer));
    } catch (error) {
      tracer.warn(`instrumentation ${instrumentation.name} could not be installed`, error);
    }
  }
  return () => {
    for (const off of undo.splice(0)) off();
  };
}
