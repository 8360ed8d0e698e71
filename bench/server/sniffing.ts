// What it costs an HTTP/1.1 client that the port also speaks HTTP/2: the same handler behind a plain node:http server and
// behind ours, on kept-alive connections and on a new connection for each request. Client and server share this process.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { createDualProtocolServer, type RequestHandler } from '../../packages/server/src/http/dual-protocol.ts';

const BODY = 'x'.repeat(2000);
const handler: RequestHandler = (request, response) => {
  request.resume().on('end', () => {
    response.statusCode = 202;
    response.end();
  });
};

function post(port: number, agent: http.Agent | false): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { port, host: '127.0.0.1', method: 'POST', agent, headers: { 'content-length': BODY.length } },
      response => {
        response.resume().on('end', resolve);
      },
    );
    request.on('error', reject);
    request.end(BODY);
  });
}

async function microsPerRequest(server: http.Server, keepAlive: boolean, requests: number): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = keepAlive ? new http.Agent({ keepAlive: true, maxSockets: 16 }) : false;
  let left = requests;
  const start = process.cpuUsage();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (left-- > 0) await post(port, agent);
    }),
  );
  const { user, system } = process.cpuUsage(start);
  if (agent) agent.destroy();
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
  return (user + system) / requests;
}

const rows = [
  ['kept alive', true, 20_000],
  ['new connection', false, 5000],
] as const;
console.log(
  `${cpus()[0]!.model.trim()}, ${cpus().length} cores, Node ${process.version}; CPU of client and server together`,
);
for (const [name, keepAlive, requests] of rows) {
  const plain: number[] = [];
  const dual: number[] = [];
  for (let round = 0; round < 6; round++) {
    plain.push(await microsPerRequest(http.createServer(handler), keepAlive, requests));
    dual.push(await microsPerRequest(createDualProtocolServer(handler), keepAlive, requests));
  }
  const median = (values: number[]): number => values.slice(1).sort((a, b) => a - b)[2]!;
  const [a, b] = [median(plain), median(dual)];
  console.log(
    `${name.padEnd(16)} plain ${a.toFixed(1)} us, both protocols ${b.toFixed(1)} us a request (${((b / a - 1) * 100).toFixed(1)} %)`,
  );
}
