import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { TracekinError } from '@tracekin/model';
import { Connection, engineErrorCode } from './connection.ts';
import { openClickHouseStorage } from './open-storage.ts';
import { stringColumn } from './read/span-rows.ts';
import { engineMissing, temporaryEngine } from './testing/embedded-engine.ts';

const missing = engineMissing();

/** A key and a certificate for this address that nobody has signed; undefined without openssl. */
function selfSigned(): { readonly key: Buffer; readonly cert: Buffer } | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'tracekin-tls-'));
  try {
    const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch (error) {
    if (process.env['CI']) throw error;
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a connection that the server closed while it was idle is replaced without an error', async () => {
  let connections = 0;
  // Answers as an engine does to a SELECT without rows, once a connection, and hangs up as the next request arrives.
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  server.on('connection', socket => {
    connections++;
    let requests = 0;
    socket.on('data', () => ++requests > 1 && socket.resetAndDestroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = new Connection(() =>
    Promise.resolve({ url: `http://127.0.0.1:${port}`, username: 'u', password: 'p' }),
  );
  for (let i = 0; i < 3; i++) assert.deepEqual(await connection.query({ text: 'SELECT 1 WHERE 0' }), []);
  assert.equal(connections, 3);
  await connection.close();
  server.closeAllConnections();
  server.close();
});

if (missing !== undefined) {
  test('connections to an engine', t => t.skip(missing));
} else {
  const credentials = { username: 'someone', password: 'a secret' };
  const { engine, close } = temporaryEngine({ credentials });
  after(close);

  test('text of any kind reaches the engine as it is', async () => {
    await using stack = new AsyncDisposableStack();
    const connection = stack.adopt(new Connection(() => engine.endpoint()), one => one.close());
    for (const text of [
      "it's",
      'tab\tline\nreturn\rback\\slash',
      '\\N',
      'nul\0',
      'é😀\u2028',
      '&=+%20#?',
      '{p:String}',
    ]) {
      const [block] = await connection.query({ text: 'SELECT {p:String} AS text', parameters: { p: text } });
      assert.deepEqual([...stringColumn(block!, 'text')], [text]);
    }
    const [block] = await connection.query({
      text: "SELECT arrayStringConcat({p:Array(String)}, '|') AS text",
      parameters: { p: ["it's", 'a\tb', '\\'] },
    });
    assert.deepEqual([...stringColumn(block!, 'text')], ["it's|a\tb|\\"]);
  });

  test('a refusal has the engine’s code, and a wrong password says so', async () => {
    const { url } = await engine.endpoint();
    const connection = new Connection(() => Promise.resolve({ url, ...credentials }));
    await assert.rejects(connection.query({ text: 'SELECT * FROM nothing.nowhere' }), error => {
      assert.equal(engineErrorCode(error), '81');
      return error instanceof TracekinError && error.code === 'unavailable';
    });
    await connection.close();
    await using stranger = openClickHouseStorage({
      url,
      username: 'someone',
      password: 'wrong',
      strictTraceId: true,
      searchEnabled: true,
      autocompleteKeys: [],
    });
    const check = await stranger.check();
    assert(!check.ok && /Authentication failed|password is incorrect/.test(check.error), JSON.stringify(check));
  });

  test('a server behind TLS is reached with the certificate of its authority and refused without', async t => {
    const pair = selfSigned();
    if (pair === undefined) return t.skip('openssl is not installed');
    const { port } = new URL((await engine.endpoint()).url);
    const proxy = createTlsServer(pair, socket => {
      const upstream = connect(Number(port), '127.0.0.1');
      socket.pipe(upstream).pipe(socket);
      for (const one of [socket, upstream])
        one.on('error', () => [socket, upstream].forEach(each => void each.destroy()));
    });
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
    const options = {
      url: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      ...credentials,
      database: 'behind-tls',
      strictTraceId: true,
      searchEnabled: true,
      autocompleteKeys: [],
    };
    const span = { traceId: '000000000000000a', id: '0000000000000001', timestamp: Date.now() * 1000 };
    {
      await using storage = openClickHouseStorage({ ...options, tls: { ca: pair.cert.toString() } });
      await storage.write({ id: 'tls', spans: [span] });
      assert.equal((await storage.getTrace(span.traceId)).length, 1);
    }
    {
      await using storage = openClickHouseStorage(options);
      const check = await storage.check();
      assert(!check.ok && /self.signed certificate/.test(check.error), JSON.stringify(check));
    }
    proxy.close();
  });
}
