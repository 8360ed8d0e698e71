// Sends the data of the query table to a server, as fast as it answers; a process of its own:
//   node bench/queries/send.ts --url http://127.0.0.1:9411/api/v2/spans --spans 1000000 --start MICROS [--format otlp-proto]
import { Agent, request } from 'node:http';
import { parseArgs } from 'node:util';
import { encodeSpans } from '@tracekin/codec';
import { messages } from './data.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:9411/api/v2/spans' },
    spans: { type: 'string', default: '1000000' },
    start: { type: 'string', default: '0' },
    format: { type: 'string', default: 'json-v2' },
    connections: { type: 'string', default: '4' },
  },
});
const format = values.format === 'otlp-proto' ? 'otlp-proto' : 'json-v2';
const contentType = format === 'otlp-proto' ? 'application/x-protobuf' : 'application/json';
const agent = new Agent({ keepAlive: true, maxSockets: Number(values.connections) });

/** Resolves to the status. */
function post(body: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType, 'content-length': body.length };
    const sent = request(values.url, { method: 'POST', agent, headers }, response => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const source = messages({ spans: Number(values.spans), startMicros: Number(values.start) });
await Promise.all(
  Array.from({ length: Number(values.connections) }, async () => {
    for (const spans of source) {
      const body = encodeSpans(spans, format);
      for (;;) {
        const status = await post(body);
        if (status >= 200 && status < 300) break;
        // Full: it says so and takes the same message later.
        if (status !== 503 && status !== 429) throw new Error(`answered ${status}`);
        await new Promise(resolve => setTimeout(resolve, 100));
      }
    }
  }),
);
agent.destroy();
