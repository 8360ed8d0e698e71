// Calls api_03.
// Start: node --import @tracekin/tracer/register api_02.ts
import fastify from 'fastify';

const api03 = process.env['API_03'] ?? 'http://localhost:5003/';
const app = fastify();

app.get('/', async () => {
  await fetch(api03);
  return 'OK';
});

await app.listen({ port: Number(process.env['PORT'] ?? '5002'), host: process.env['HOST'] ?? '127.0.0.1' });
