// The blog's first service: `/` does some work, calls service1 in the middle of it, and works on.
// Start: node --import @tracekin/tracer/register demo.ts
import { trace } from '@tracekin/tracer';
import express from 'express';
import { page } from '../page.ts';
import { work } from '../work.ts';

const service1 = process.env['SERVICE1'] ?? 'http://localhost:6001/service1/';
const app = express();

async function doStuff(): Promise<void> {
  await work(500);
  await fetch(service1);
}

app.get('/', async (_request, response) => {
  await trace('do_stuff', doStuff);
  await work(1000);
  response.send(page('demo', 'demo worked, asked service1 for help, and worked on.'));
});

app.listen(Number(process.env['PORT'] ?? '5000'), process.env['HOST'] ?? '127.0.0.1');
