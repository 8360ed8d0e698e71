// Works for a while; the local span says on what.
// Start: node --import @tracekin/tracer/register api_03.ts
import { trace } from '@tracekin/tracer';
import fastify from 'fastify';
import { work } from '../work.ts';

const app = fastify();

app.get('/', async () => {
  await trace('sleep_api_03', () => work(200));
  return 'OK';
});

await app.listen({ port: Number(process.env['PORT'] ?? '5003'), host: process.env['HOST'] ?? '127.0.0.1' });
