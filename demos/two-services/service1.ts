// The blog's second service: takes part in the caller's trace and works for a while.
// Start: node --import @tracekin/tracer/register service1.ts
import { trace } from '@tracekin/tracer';
import express from 'express';
import { work } from '../work.ts';

const app = express();

app.get('/service1/', async (_request, response) => {
  await trace('service1_do_stuff', () => work(500));
  response.send('OK');
});

app.listen(Number(process.env['PORT'] ?? '6000'), process.env['HOST'] ?? '127.0.0.1');
