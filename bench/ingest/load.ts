// Posts spans as fast as they are answered. Runs as a process of its own so that its CPU does not count for the server:
//   node bench/ingest/load.ts --url http://127.0.0.1:9411 --spans 1000000 [--connections 8] [--rate SPANS_PER_S] [--distinct 200000]
// Prints one line of JSON: { spans, seconds, refused, failed }.
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { PreparedMessages } from './prepared-messages.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:9411' },
    spans: { type: 'string', default: '1000000' },
    connections: { type: 'string', default: '8' },
    rate: { type: 'string' },
    distinct: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    start: { type: 'string' },
  },
});

const spansPerMessage = 100;
const total = Math.ceil(Number(values.spans) / spansPerMessage);
const prepared = Math.min(total, Math.ceil(Number(values.distinct) / spansPerMessage / 10) * 10);
const { hostname, port } = new URL(values.url);
const messages = new PreparedMessages({
  count: prepared,
  seed: Number(values.seed),
  startMicros: values.start === undefined ? undefined : Number(values.start),
});

function message(index: number): Buffer {
  const body = messages.body(index);
  const head = `POST /api/v2/spans HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

if (process.send !== undefined) {
  process.send('ready');
  await new Promise(resolve => process.once('message', resolve));
}

let next = 0;
let [refused, failed] = [0, 0];
const interval = values.rate === undefined ? 0 : (spansPerMessage / Number(values.rate)) * 1000;
const started = performance.now();

interface Prepared {
  readonly index: number;
  readonly bytes: Buffer;
}

/** The next message of all; undefined behind the last. */
function prepare(): Prepared | undefined {
  if (next >= total) return undefined;
  const index = next++;
  return { index, bytes: message(index) };
}

function run(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    let current: Prepared | undefined;
    let ahead: Prepared | undefined;
    let answer = '';
    const send = (): void => {
      socket.write(current!.bytes);
      // While the server works: else it waits for this process every time that it has answered.
      setImmediate(() => {
        ahead ??= prepare();
      });
    };
    const advance = (): void => {
      current = ahead ?? prepare();
      ahead = undefined;
      if (current === undefined) {
        socket.end();
        resolve();
        return;
      }
      const wait = interval === 0 ? 0 : started + current.index * interval - performance.now();
      if (wait > 1) setTimeout(send, wait);
      else send();
    };
    socket.on('connect', advance);
    socket.on('error', reject);
    socket.on('data', chunk => {
      answer += chunk.toString('latin1');
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0);
      if (answer.length < end + 4 + length) return;
      const status = answer.slice(9, 12);
      answer = '';
      if (status === '202') return advance();
      if (status === '503') {
        refused += 1;
        setTimeout(send, 100);
        return;
      }
      failed += 1;
      advance();
    });
  });
}

await Promise.all(Array.from({ length: Number(values.connections) }, run));
console.log(
  JSON.stringify({ spans: total * spansPerMessage, seconds: (performance.now() - started) / 1000, refused, failed }),
);
process.disconnect?.();
