// The blog's second service: takes part in the caller's trace and works for a while.
// Start: node --import @tracekin/tracer/register service1.ts
import { trace } from '@tracekin/tracer';
import express from 'express';
import { work } from '../work.ts';

// Not the blog's 6000: that is X11's, and fetch (as every browser) refuses to call it.
const port = Number(process.env['PORT'] ?? '6001');
const app = express();

app.get('/service1/', async (_request, response) => {
  await trace('service1_do_stuff', () => work(500));
  response.send('OK');
});

app.listen(port, process.env['HOST'] ?? '127.0.0.1');
