import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startServer } from './testing/start-server.ts';

const api = '/zipkin/api/tracekin/v1';
const span = (traceId: string, id: string, serviceName = 'web'): object => ({
  traceId,
  id,
  ...(id !== traceId && { parentId: traceId }),
  name: 'get',
  timestamp: Date.now() * 1000,
  duration: 1000,
  localEndpoint: { serviceName },
});

/** The answer's text until it holds what is waited for. */
async function read(events: ReadableStreamDefaultReader<string>, wanted: RegExp): Promise<string> {
  let text = '';
  while (!wanted.test(text)) {
    const { value, done } = await events.read();
    if (done) throw new Error(`ended after ${text}`);
    text += value;
  }
  return text;
}

async function follow(url: string): Promise<{ headers: Headers; events: ReadableStreamDefaultReader<string> }> {
  const response = await fetch(url, { headers: { 'accept-encoding': 'gzip, br' } });
  assert.equal(response.status, 200);
  return { headers: response.headers, events: response.body!.pipeThrough(new TextDecoderStream()).getReader() };
}

describe('server-sent events', () => {
  test('a search is told of new traces that match and of those that grow, as summaries', async () => {
    await using server = await startServer();
    const { headers, events } = await follow(`${server.server.url}${api}/stream?serviceName=WEB`);
    assert.equal(headers.get('content-type'), 'text/event-stream');
    assert.equal(headers.get('content-encoding'), null);
    await read(events, /retry: 3000/);
    await server.post([span('a', 'a'), span('b', 'b', 'other')]);
    const first = await read(events, /event: traces\ndata: .*\n\n/);
    const { traces } = JSON.parse(/data: (.*)/.exec(first)![1]!);
    assert.deepEqual(
      traces.map((trace: { traceId: string; spanCount: number }) => [trace.traceId, trace.spanCount]),
      [['000000000000000a', 1]],
    );
    await server.post([span('a', 'c')]);
    assert.match(await read(events, /"spanCount":2/), /event: traces/);
    await events.cancel();
  });

  test('a trace is told how many spans it has', async () => {
    await using server = await startServer();
    await server.post([span('a', 'a')]);
    const { events } = await follow(`${server.server.url}${api}/trace/a/stream`);
    await read(events, /event: trace\ndata: \{"reportedSpanCount":1\}\n\n/);
    await server.post([span('a', 'b'), span('a', 'c')]);
    await read(events, /"reportedSpanCount":3/);
    await events.cancel();
  });

  test('a wrong parameter is refused before the first event', async () => {
    await using server = await startServer();
    const { status, text } = await server.call(`${api}/stream?minDuration=0`);
    assert.deepEqual([status, text], [400, 'minDuration <= 0']);
    assert.equal((await server.call(`${api}/trace/xyz/stream`)).status, 400);
  });

  test('streams end when the server closes, at once', async () => {
    const server = await startServer();
    const { events } = await follow(`${server.server.url}${api}/stream`);
    await read(events, /retry/);
    const began = performance.now();
    await Promise.all([
      server.server.close(),
      (async () => {
        while (!(await events.read()).done);
      })(),
    ]);
    assert.ok(performance.now() - began < 2000);
  });
});
