import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import pino from 'pino';
import winston from 'winston';
import { testTracing } from '../testing.ts';
import { logFields } from './log-fields.ts';
import { tracingMixin } from './pino.ts';
import { tracingFormat } from './winston.ts';

describe('Log lines', () => {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });

  const loggers: Record<string, { info(message: string): unknown }> = {
    pino: pino({ mixin: tracingMixin }, stream),
    winston: winston.createLogger({
      format: winston.format.combine(tracingFormat() as winston.Logform.Format, winston.format.json()),
      transports: [new winston.transports.Stream({ stream })],
    }),
  };

  for (const [name, logger] of Object.entries(loggers)) {
    it(`of ${name} carry the ids of the trace, and none outside of one`, async () => {
      using tracing = testTracing();
      lines.length = 0;
      logger.info('before');
      await tracing.tracer.trace('outer', () =>
        tracing.tracer.trace('inner', async () => {
          await null;
          logger.info('inside');
        }),
      );
      await new Promise(resolve => setImmediate(resolve));
      const [inner, outer] = tracing.reporter.spans;
      assert.equal(lines[0]!['traceId'], undefined);
      const { traceId, spanId, parentId, sampled } = lines[1]!;
      assert.deepEqual(
        { traceId, spanId, parentId, sampled },
        { traceId: inner!.traceId, spanId: inner!.id, parentId: outer!.id, sampled: true },
      );
    });
  }

  it('have no fields outside of a trace', () => assert.equal(logFields(), undefined));
});
