import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { MongoClient } from 'mongodb';
import { testTracing } from '../testing.ts';
import { instrumentMongoClient } from './mongodb.ts';

/** The driver's own codec. */
const { BSON } = createRequire(import.meta.url)('mongodb') as typeof import('mongodb');

const HEADER_BYTES = 16;
const OP_MSG = 2013;
const OP_QUERY = 2004;

/** Enough of MongoDB's wire protocol for a handshake, `find` and an error: there is no such server to be had here. */
function answer(socket: Socket, message: Buffer): void {
  const requestId = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  // OP_MSG: flags, section kind, document; OP_QUERY (the first handshake): flags, name, skip, limit, document.
  const start = opCode === OP_QUERY ? message.indexOf(0, HEADER_BYTES + 4) + 1 + 8 : HEADER_BYTES + 5;
  const command = BSON.deserialize(message.subarray(start, start + message.readInt32LE(start)));
  const [name] = Object.keys(command);
  const reply = BSON.serialize(replyTo(name!, command));
  const isQuery = opCode === OP_QUERY;
  const head = Buffer.alloc(isQuery ? HEADER_BYTES + 20 : HEADER_BYTES + 5);
  head.writeInt32LE(head.length + reply.length, 0);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(isQuery ? 1 : OP_MSG, 12);
  if (isQuery) head.writeInt32LE(1, HEADER_BYTES + 16);
  socket.write(Buffer.concat([head, reply]));
}

function replyTo(name: string, command: Record<string, unknown>): Record<string, unknown> {
  if (name === 'find')
    return { cursor: { id: BSON.Long.ZERO, ns: `shop.${command['find']}`, firstBatch: [{ n: 1 }] }, ok: 1 };
  if (name === 'insert') return { ok: 0, errmsg: 'not allowed', code: 13, codeName: 'Unauthorized' };
  return {
    isWritablePrimary: true,
    ismaster: true,
    helloOk: true,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    minWireVersion: 0,
    maxWireVersion: 25,
    ok: 1,
  };
}

describe('mongodb commands', () => {
  let server: Server;
  let port: number;
  const sockets = new Set<Socket>();
  before(async () => {
    server = createServer(socket => {
      sockets.add(socket);
      let buffered = Buffer.alloc(0);
      socket.on('error', () => {});
      socket.on('data', chunk => {
        buffered = Buffer.concat([buffered, chunk]);
        while (buffered.length >= 4 && buffered.length >= buffered.readInt32LE(0)) {
          const length = buffered.readInt32LE(0);
          answer(socket, buffered.subarray(0, length));
          buffered = buffered.subarray(length);
        }
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise(resolve => server.close(resolve));
  });

  it('are one CLIENT span each, within a trace and through the pool; the driver’s own are none', async () => {
    using tracing = testTracing();
    const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
      monitorCommands: true,
      maxPoolSize: 1,
    });
    const off = instrumentMongoClient(client);
    const users = client.db('shop').collection('users');
    await users.find({}).toArray();
    await tracing.tracer.trace('job', async () => {
      await Promise.all([users.find({ secret: 'x' }).toArray(), users.find({}).toArray(), users.find({}).toArray()]);
      await assert.rejects(users.insertOne({ n: 1 }), /not allowed/);
    });
    off();
    await client.close();
    const spans = tracing.reporter.spans;
    const job = spans.at(-1)!;
    assert.deepEqual(
      spans.map(span => span.name),
      ['find', 'find', 'find', 'insert', 'job'],
    );
    for (const span of spans.slice(0, 4)) {
      assert.equal(span.parentId, job.id);
      assert.equal(span.kind, 'CLIENT');
      assert.deepEqual(span.remoteEndpoint, { serviceName: 'mongodb-shop', ipv4: '127.0.0.1', port });
    }
    assert.deepEqual(spans[0]!.tags, { 'mongodb.collection': 'users', 'mongodb.command': 'find' });
    assert.match(spans[3]!.tags?.['error'] ?? '', /not allowed/);
  });
});
