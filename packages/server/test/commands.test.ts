import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { encodeSpans } from '@tracekin/codec';
import { run } from '../src/commands/run.ts';
import { startServer, type TestServer } from './testing/start-server.ts';

interface Result {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

async function tracekin(
  arguments_: readonly string[],
  input: Uint8Array = Buffer.alloc(0),
  interactive = false,
): Promise<Result> {
  const out: Uint8Array[] = [];
  let err = '';
  const code = await run(arguments_, {
    out: text => void out.push(Buffer.from(text)),
    err: text => {
      err += text;
    },
    interactive,
    input: (async function* () {
      yield input;
    })(),
  });
  return { code, out: Buffer.concat(out), err };
}

const SPAN = {
  traceId: '000000000000000a',
  id: '0000000000000001',
  kind: 'SERVER',
  name: 'get',
  timestamp: 1_700_000_000_000_000,
  duration: 12_345,
  localEndpoint: { serviceName: 'web' },
} as const;
const CHILD = {
  traceId: SPAN.traceId,
  parentId: SPAN.id,
  id: '0000000000000002',
  name: 'render',
  timestamp: SPAN.timestamp + 100,
  duration: 100,
  localEndpoint: { serviceName: 'web' },
  tags: { error: 'boom' },
} as const;

describe('the tracekin command', () => {
  let server: TestServer;
  let url: string;
  let folder: string;
  before(async () => {
    server = await startServer();
    url = server.server.url;
    folder = await mkdtemp(join(tmpdir(), 'tracekin-cli-'));
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test('send takes files in every form, zipped or not, and reads the standard input', async () => {
    const at = (traceId: string): object => ({ ...SPAN, traceId });
    const files: Record<string, string | Uint8Array> = {
      'v2.json': JSON.stringify([at('1'), at('2')]),
      'v2.json.gz': gzipSync(JSON.stringify([at('3')])),
      'spaced.json': ` \n[${JSON.stringify(at('4'))}]`,
      'one.json': JSON.stringify(at('5')),
      'traces.json': JSON.stringify([[at('6')], [at('7')]]),
      'lines.ndjson': `${JSON.stringify(at('8'))}\n\n[${JSON.stringify(at('9'))}]\n`,
      'spans.pb': encodeSpans([{ ...SPAN, traceId: '000000000000000b' }], 'proto3'),
      'spans.thrift': encodeSpans([{ ...SPAN, traceId: '000000000000000c' }], 'thrift'),
      'empty.json': '[]',
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const sent = await tracekin(
      ['send', '--url', url, ...Object.keys(files).map(name => join(folder, name)), '-'],
      Buffer.from(JSON.stringify([SPAN, CHILD])),
    );
    assert.equal(sent.err, `13 spans sent to ${url}\n`);
    assert.equal(sent.code, 0);
    for (const id of ['1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c']) {
      assert.equal((await server.call(`/api/v2/trace/${id}`)).status, 200, id);
    }
  });

  test('send shows its progress on a screen', async () => {
    const { err } = await tracekin(['send', '--url', url, '-'], Buffer.from(JSON.stringify([SPAN])), true);
    assert.match(err, /\r- \[#{30}\] 1\/1 spans\n/);
  });

  test('get shows a tree, or the spans as JSON', async () => {
    const tree = await tracekin(['get', 'a', '--url', url]);
    assert.equal(
      tree.out.toString(),
      'web: get (0000000000000001) server, 12.3ms\n  web: render (0000000000000002) 100us, error: boom\n',
    );
    const json = await tracekin(['get', 'a', '--json', '--url', `${url}/`]);
    assert.deepEqual(JSON.parse(json.out.toString()).length, 2);
  });

  test('search prints a table, or JSON, and says when there is nothing', async () => {
    const end = String(SPAN.timestamp / 1000 + 1000);
    const found = await tracekin([
      'search',
      '--url',
      url,
      '--service',
      'web',
      '--query',
      'error',
      '--min',
      '100us',
      '--max',
      '1ms',
      '--end',
      end,
      '--lookback',
      '2h',
      '--limit',
      '3',
    ]);
    assert.match(
      found.out.toString(),
      /^TRACE ID +START +DURATION +SPANS +ERRORS +ROOT\n000000000000000a +2023-11-14T22:13:20\.000Z +12\.3ms +2 +1 +web: get\n$/,
    );
    const json = await tracekin(['search', '--url', url, '--end', '2023-11-14T22:14Z', '--json']);
    assert.equal(JSON.parse(json.out.toString()).length, 10);
    const none = await tracekin(['search', '--url', url, '--service', 'nobody']);
    assert.deepEqual([none.code, none.out.toString()], [0, '']);
    assert.match(none.err, /--lookback/);
  });

  test('failures say what to do, and tell misuse (2) from failure (1)', async () => {
    for (const [arguments_, code, text] of [
      [
        ['get', 'a', '--url', 'http://127.0.0.1:1'],
        1,
        /no server answers at http:\/\/127\.0\.0\.1:1 .*npm start.*--url/,
      ],
      [['get', 'f', '--url', url], 1, /404: 000000000000000f not found/],
      [['get', 'NOHEX', '--url', url], 1, /NOHEX should be lower-hex/],
      [['get', 'a', '--url', 'localhost'], 1, /is not a URL/],
      [['send', '/nowhere/x.json', '--url', url], 1, /cannot read \/nowhere\/x\.json/],
      [['search', '--min', 'long', '--url', url], 1, /--min long: must be a length of time/],
      [['search', '--end', 'later', '--url', url], 1, /--end later/],
      [['search', '--limit', '0', '--url', url], 1, /400: limit <= 0/],
      [['send'], 2, /missing required argument 'file'/],
      [['serch'], 2, /unknown command 'serch'\n\(Did you mean search\?\)/],
      [['serve', '--prot', '1'], 2, /unknown option '--prot'\n\(Did you mean --port\?\)/],
      [['serve', '--port', 'x'], 2, /--port: "x" must be a whole number from 0 to 65535/],
      [['serve', '--config', '/nowhere/t.yaml'], 2, /cannot read the configuration file \/nowhere\/t\.yaml/],
      [['convert', '--to', 'xml'], 2, /Allowed choices are json-v2/],
    ] as const) {
      const result = await tracekin(arguments_);
      assert.match(result.err, text);
      assert.equal(result.code, code, arguments_.join(' '));
      assert.doesNotMatch(result.err, /\n {4}at /, 'no stack');
    }
    const bad = await tracekin(['send', '-', '--url', url], Buffer.from('{"traceId":"X","id":"1"}'));
    assert.match(bad.err, /-: X should be lower-hex/);
    assert.equal(bad.code, 1);
  });

  test('convert goes from any format to any, and detects the input', async () => {
    const json = Buffer.from(JSON.stringify([SPAN]));
    const proto = await tracekin(['convert', '--to', 'proto3'], json);
    assert.deepEqual(new Uint8Array(proto.out), new Uint8Array(encodeSpans([SPAN], 'proto3')));
    const thrift = await tracekin(['convert', '--to', 'thrift'], proto.out);
    const back = await tracekin(['convert', '--from', 'thrift'], thrift.out);
    assert.deepEqual(JSON.parse(back.out.toString()), [SPAN]);
  });

  test('help shows examples for every command, and every setting for serve', async () => {
    for (const command of ['serve', 'send', 'get', 'search', 'convert']) {
      const { code, out } = await tracekin([command, '--help']);
      assert.equal(code, 0);
      assert.match(out.toString(), new RegExp(`Examples:\\n  .*tracekin ${command}`));
    }
    const { out } = await tracekin(['serve', '--help']);
    for (const word of [
      '--port',
      'QUERY_PORT',
      '9411',
      '--clickhouse-url',
      'CLICKHOUSE_URL',
      'Elasticsearch and OpenSearch:',
    ])
      assert.ok(out.includes(word), word);
    assert.match((await tracekin(['--version'])).out.toString(), /^\d+\.\d+\.\d+\n$/);
  });
});
