import type { FastifyPluginCallback } from 'fastify';
import { BUILD_INFO } from '../version.ts';

/** `/info` and `/actuator/info` under Zipkin's key, so that whatever reads a Zipkin's version reads ours. */
export const info: FastifyPluginCallback = (app, _options, done) => {
  const body = Buffer.from(
    `${JSON.stringify({ zipkin: { version: BUILD_INFO.version, commit: BUILD_INFO.commit } })}\n`,
  );
  for (const [path, type] of [
    ['/info', 'application/json; charset=utf-8'],
    ['/actuator/info', 'application/vnd.spring-boot.actuator.v2+json; charset=utf-8'],
  ] as const) {
    app.get(path, (_request, reply) => {
      reply.header('content-type', type).send(body);
    });
  }
  done();
};
