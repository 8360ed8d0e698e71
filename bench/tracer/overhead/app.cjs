// The service under load; its tracing, if any, was started by --require or --import. Says to its parent what it used.
const http = require('node:http');

const kind = process.env.SCENARIO;
const upstream = process.env.UPSTREAM;

/** A span by hand, in the words of whichever library is there. */
async function localSpan() {
  const { tracekinTrace, otelTracer, ddTracer } = globalThis;
  const work = async () => {
    await null;
    return 42;
  };
  if (tracekinTrace) return tracekinTrace('work', work);
  if (otelTracer) {
    return otelTracer.startActiveSpan('work', async span => {
      try {
        return await work();
      } finally {
        span.end();
      }
    });
  }
  if (ddTracer) return ddTracer.trace('work', work);
  return work();
}

const server = http.createServer(async (_request, response) => {
  if (kind === 'fetch') await (await fetch(upstream)).text();
  if (kind === 'local') await localSpan();
  response.setHeader('content-type', 'text/plain');
  response.end('hello');
});

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

let start;
process.on('message', message => {
  if (message === 'start') start = process.cpuUsage();
  if (message === 'stop') {
    const { user, system } = process.cpuUsage(start);
    process.send({ cpuMicros: user + system, rssMb: process.memoryUsage().rss / 1e6 });
  }
});
process.on('disconnect', () => process.exit(0));
