// The API that people open: calls api_02, then api_03.
// Start: node --import @tracekin/tracer/register api_01.ts
import fastify from 'fastify';
import { page } from '../page.ts';

const api02 = process.env['API_02'] ?? 'http://localhost:5002/';
const api03 = process.env['API_03'] ?? 'http://localhost:5003/';
const app = fastify();

app.get('/', async (_request, reply) => {
  await fetch(api02);
  await fetch(api03);
  return reply.type('text/html').send(page('api_01', 'api_01 called api_02 and api_03, and api_02 called api_03.'));
});

await app.listen({ port: Number(process.env['PORT'] ?? '5001'), host: process.env['HOST'] ?? '127.0.0.1' });
