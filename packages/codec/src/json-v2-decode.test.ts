import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TracekinError } from '@tracekin/model';
import { loadFixture } from '../test/fixtures.ts';
import { decodeText, one, plain } from '../test/spans.ts';
import { bytesOf } from '../test/wire.ts';
import { decodeRawSpans, decodeSpans, encodeJsonV2, RawSpan } from './index.ts';

const IDS = '"traceId":"9d2be77046a3f815","id":"9d2be77046a3f816"';
const EMPTY = { traceId: '9d2be77046a3f815', id: '9d2be77046a3f816' };

/** The only span with these members after its ids. */
const withMembers = (members: string): Record<string, unknown> => one(`[{${IDS},${members}}]`);
const refuses = (text: string, message: string | RegExp): void => {
  assert.throws(
    () => decodeText(text),
    error => {
      assert.ok(error instanceof TracekinError, String(error));
      assert.equal(error.code, 'invalid-argument');
      if (typeof message === 'string') assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    },
  );
};

describe('the JSON v2 decoder', () => {
  it('reads every field', () => {
    const { bytes } = loadFixture('json-v2/client.body');
    assert.deepEqual(plain(decodeSpans(bytes, 'json-v2')), [
      {
        traceId: '2fd4c08a17be6593d07c55e1a9428b3f',
        parentId: '83be0f61c2a94d77',
        id: 'c59a1e3370d8f246',
        kind: 'CLIENT',
        name: 'get /orders',
        timestamp: 1795223597901102,
        duration: 118400,
        localEndpoint: { serviceName: 'workshop', ipv4: '10.20.30.4', port: 3001 },
        remoteEndpoint: { serviceName: 'orders', ipv4: '10.20.30.9', ipv6: '2001:db8::7:19', port: 7420 },
        annotations: [
          { timestamp: 1795223597938000, value: 'connected' },
          { timestamp: 1795223597998000, value: 'first byte' },
        ],
        tags: { empty: '', 'http.path': '/orders', 'http.status_code': '200' },
      },
    ]);
  });

  it('gives every span all thirteen fields in one order, undefined where absent', () => {
    const fields = (text: string): string[] => Object.keys(decodeText(text)[0]!);
    assert.deepEqual(fields('[{"id":"1","traceId":"1"}]'), fields(`[{"shared":true,"tags":{"a":"b"},${IDS}}]`));
    assert.equal(fields('[{"id":"1","traceId":"1"}]').length, 13);
  });

  it('reads an empty list, an empty message and white space between all tokens', () => {
    assert.deepEqual(decodeText('[]'), []);
    assert.deepEqual(decodeText(' [ ] '), []);
    assert.deepEqual(decodeText(''), []);
    const text = ' [ { "traceId" : "9d2be77046a3f815" ,\n"id"\t:\r"9d2be77046a3f816" , "tags" : { "a" : "b" } } ] ';
    assert.deepEqual(one(text), { ...EMPTY, tags: { a: 'b' } });
  });

  it('does not look behind the list', () => {
    assert.equal(decodeText(`[{${IDS}}] and more`).length, 1);
  });

  it('accepts what a lenient client may write', () => {
    const { bytes } = loadFixture('json-v2/quirks.body');
    assert.deepEqual(plain(decodeSpans(bytes, 'json-v2')), [
      {
        traceId: '9d2be77046a3f815',
        id: '0000000000000002',
        timestamp: 1795223597901102,
        duration: 118400,
        localEndpoint: { ipv4: '10.1.2.3', port: 8080 },
        annotations: [
          { timestamp: 1, value: 'a' },
          { timestamp: 2, value: 'b' },
        ],
        tags: { 1: 'index', big: '12345678901234567890', z: 'last' },
      },
    ]);
  });

  it('keeps numbers in tags as they were written', () => {
    const numbers = ['1.10', '-0', '1e3', '9007199254740993', '18446744073709551616', '0.1000'];
    for (const number of numbers) assert.deepEqual(withMembers(`"tags":{"n":${number}}`)['tags'], { n: number });
  });

  it('takes a number where it wants text', () => {
    assert.deepEqual(one('[{"traceId":1234,"id":5,"name":7,"annotations":[{"timestamp":1,"value":2}]}]'), {
      traceId: '0000000000001234',
      id: '0000000000000005',
      name: '7',
      annotations: [{ timestamp: 1, value: '2' }],
    });
  });

  it('pads ids, and cuts a trace id whose left half is zeros', () => {
    assert.equal(one('[{"traceId":"a","id":"b","parentId":"c"}]')['parentId'], '000000000000000c');
    assert.equal(one('[{"traceId":"00000000000000009d2be77046a3f815","id":"b"}]')['traceId'], '9d2be77046a3f815');
    assert.equal(
      one('[{"traceId":"9d2be77046a3f81500","id":"b"}]')['traceId'],
      '000000000000009d2be77046a3f81500'.padStart(32, '0'),
    );
    assert.equal(
      one('[{"traceId":"a1f00d77e3b95c429d2be77046a3f815","id":"b"}]')['traceId'],
      'a1f00d77e3b95c429d2be77046a3f815',
    );
  });

  it('takes a parent of zeros, or the span itself, as no parent', () => {
    for (const parent of ['0', '0000000000000000', '9d2be77046a3f816'])
      assert.deepEqual(withMembers(`"parentId":"${parent}"`), EMPTY);
  });

  it('refuses wrong ids', () => {
    const table: [string, string][] = [
      ['"traceId":"","id":"1"', 'traceId is empty'],
      [`"traceId":"${'1'.repeat(33)}","id":"1"`, 'traceId.length > 32'],
      ['"traceId":"0","id":"1"', 'traceId is all zeros'],
      ['"traceId":"00000000000000000000000000000000","id":"1"', 'traceId is all zeros'],
      ['"traceId":"9D2BE77046A3F815","id":"1"', '9D2BE77046A3F815 should be lower-hex encoded with no prefix'],
      ['"traceId":"0x1","id":"1"', '0x1 should be lower-hex encoded with no prefix'],
      ['"traceId":"1","id":""', 'id is empty'],
      [`"traceId":"1","id":"${'1'.repeat(17)}"`, 'id.length > 16'],
      ['"traceId":"1","id":"0000000000000000"', 'id is all zeros'],
      ['"traceId":"1","id":"0"', 'id is all zeros'],
      ['"traceId":"1","id":"1","parentId":""', 'parentId is empty'],
      [`"traceId":"1","id":"1","parentId":"${'1'.repeat(17)}"`, 'parentId.length > 16'],
      ['"id":"1"', 'Missing : traceId'],
      ['"traceId":"1"', 'Missing : id'],
      ['"name":"x"', 'Missing : traceId id'],
    ];
    for (const [members, message] of table) refuses(`[{${members}}]`, `${message} reading List<Span> from json`);
  });

  it('refuses null ids', () => {
    refuses('[{"traceId":null,"id":"1"}]', /^Expected a string but was NULL at .* path \$\[0\]\.traceId reading/);
    refuses('[{"traceId":"1","id":null}]', /^Expected a string but was NULL at line 1 column 22 path \$\[0\]\.id /);
  });

  it('takes null as absent in every optional field, also inside endpoints', () => {
    const fields = 'parentId kind name timestamp duration localEndpoint remoteEndpoint annotations tags debug shared';
    assert.deepEqual(
      withMembers(
        fields
          .split(' ')
          .map(field => `"${field}":null`)
          .join(),
      ),
      EMPTY,
    );
    assert.deepEqual(
      withMembers(
        '"localEndpoint":{"serviceName":null,"ipv4":null,"ipv6":null,"port":null},"remoteEndpoint":{"port":80}',
      ),
      { ...EMPTY, remoteEndpoint: { port: 80 } },
    );
  });

  it('refuses tags without a text', () => {
    refuses(`[{${IDS},"tags":{"foo":null}}]`, 'No value at $[0].tags.foo reading List<Span> from json');
    refuses(
      `[{${IDS},"tags":{"a":"b","foo":true}}]`,
      /^Expected a string but was BOOLEAN at .* path \$\[0\]\.tags\.foo /,
    );
    refuses(`[{${IDS},"tags":{"foo":{}}}]`, /^Expected a string but was BEGIN_OBJECT at .* path \$\[0\]\.tags\.foo /);
    refuses(`[{${IDS},"tags":{"${'k'.repeat(99)}":[]}}]`, /path \$\[0\]\.tags\.k{64}\.\.\. reading/);
  });

  it('refuses incomplete annotations', () => {
    const end = ' reading List<Span> from json';
    refuses(
      `[{${IDS},"annotations":[{"timestamp":1}]}]`,
      `Incomplete annotation at $[0].annotations[0].timestamp${end}`,
    );
    refuses(`[{${IDS},"annotations":[{"value":"a"}]}]`, `Incomplete annotation at $[0].annotations[0].value${end}`);
  });

  it('refuses unknown kinds, lower case included', () => {
    refuses(`[{${IDS},"kind":"FOO"}]`, 'No enum constant zipkin2.Span.Kind.FOO reading List<Span> from json');
    refuses(`[{${IDS},"kind":"client"}]`, /Kind\.client reading/);
  });

  it('reads times written as strings, with a fraction of zero or an exponent, and takes 0 and less as absent', () => {
    for (const text of ['"1"', '1.0', '"1.0"', '1e0', '10e-1'])
      assert.equal(withMembers(`"timestamp":${text}`)['timestamp'], 1);
    for (const text of ['0', '-5', '"-1"', '-0'])
      assert.equal(withMembers(`"duration":${text}`)['duration'], undefined);
    assert.equal(withMembers('"timestamp":9007199254740991')['timestamp'], Number.MAX_SAFE_INTEGER);
  });

  it('refuses times that are not integers below 2^53', () => {
    refuses(`[{${IDS},"timestamp":1.5}]`, /^Expected a long but was 1\.5 at .*\.timestamp/);
    refuses(`[{${IDS},"timestamp":"soon"}]`, /^Expected a long but was soon/);
    refuses(`[{${IDS},"timestamp":true}]`, /^Expected a long but was BOOLEAN/);
    for (const text of ['9007199254740992', '9223372036854775807', '18446744073709551616', '1e300'])
      refuses(`[{${IDS},"duration":${text}}]`, /^Expected a number below 2\^53 but was .*\.duration/);
    refuses(`[{${IDS},"duration":1e999}]`, /^Expected a long but was 1e999/);
  });

  it('normalises endpoints and leaves out empty ones', () => {
    const local = (members: string): unknown => withMembers(`"localEndpoint":{${members}}`)['localEndpoint'];
    assert.deepEqual(local('"serviceName":"WorkShop"'), { serviceName: 'workshop' });
    assert.equal(local('"serviceName":""'), undefined);
    assert.equal(local('"other":{"a":1}'), undefined);
    assert.equal(local('"ipv4":"not an address","port":0'), undefined);
    assert.deepEqual(local('"ipv4":"2001:DB8::1"'), { ipv6: '2001:db8::1' });
    assert.deepEqual(local('"serviceName":"}","port":1'), { serviceName: '}', port: 1 });
    assert.deepEqual(local('"serviceName":"}","port":2'), { serviceName: '}', port: 2 });
    refuses(`[{${IDS},"localEndpoint":{"port":65536}}]`, 'invalid port 65536 reading List<Span> from json');
  });

  it('lets spans share the object of an endpoint that is written in the same bytes', () => {
    const [a, b] = decodeText(
      `[{${IDS},"localEndpoint":{"serviceName":"s"}},{${IDS},"localEndpoint":{"serviceName":"s"}}]`,
    );
    assert.equal(a!.localEndpoint, b!.localEndpoint);
  });

  it('sorts tags by key whatever the order, and keeps the last of equal keys', () => {
    for (let round = 0; round < 3; round++) {
      const [span] = decodeText(`[{${IDS},"tags":{"c":"1","a":"2","c":"3","B":"4"}}]`);
      assert.deepEqual(Object.entries(span!.tags!), [
        ['B', '4'],
        ['a', '2'],
        ['c', '3'],
      ]);
    }
  });

  it('keeps a tag called __proto__', () => {
    const [span] = decodeText(`[{${IDS},"tags":{"__proto__":"x","constructor":"y"}}]`);
    assert.deepEqual(Object.entries(span!.tags!), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    assert.equal(Object.getPrototypeOf(span!.tags), Object.prototype);
  });

  it('reads many tags, more than it remembers the order of', () => {
    const keys = Array.from({ length: 500 }, (_, i) => `k${(i * 7919) % 500}`);
    const text = `[{${IDS},"tags":{${keys.map(key => `"${key}":"v-${key}"`).join()}}}]`;
    const [span] = decodeText(text);
    assert.deepEqual(Object.keys(span!.tags!), [...new Set(keys)].sort());
    assert.equal(span!.tags!['k42'], 'v-k42');
  });

  it('is right for more different tag keys than it remembers', () => {
    for (let i = 0; i < 6000; i++) {
      const tags = withMembers(`"tags":{"z${i}":"1","a${i}":"2"}`)['tags'] as object;
      assert.deepEqual(Object.entries(tags), [
        [`a${i}`, '2'],
        [`z${i}`, '1'],
      ]);
    }
  });

  it('sorts annotations and removes duplicates', () => {
    const annotations =
      '{"timestamp":2,"value":"b"},{"timestamp":2,"value":"a"},{"timestamp":1,"value":"z"},{"timestamp":2,"value":"b"}';
    assert.deepEqual(withMembers(`"annotations":[${annotations}]`)['annotations'], [
      { timestamp: 1, value: 'z' },
      { timestamp: 2, value: 'a' },
      { timestamp: 2, value: 'b' },
    ]);
  });

  it('keeps true flags only, and no shared flag on a client', () => {
    assert.deepEqual(withMembers('"debug":false,"shared":false'), EMPTY);
    assert.deepEqual(withMembers('"debug":true,"shared":true,"kind":"SERVER"'), {
      ...EMPTY,
      kind: 'SERVER',
      debug: true,
      shared: true,
    });
    assert.deepEqual(withMembers('"kind":"CLIENT","shared":true'), { ...EMPTY, kind: 'CLIENT' });
    refuses(`[{${IDS},"debug":"true"}]`, /^Expected a boolean but was STRING/);
  });

  it('reads escapes, raw control characters and any UTF-8', () => {
    const { bytes } = loadFixture('json-v2/unicode.body');
    const [span] = decodeSpans(bytes, 'json-v2');
    assert.equal(span!.name, '查询 订单 😀');
    assert.equal(span!.localEndpoint?.serviceName, 'über-dienst');
    assert.deepEqual(
      { ...span!.tags },
      { 'escaped "key"': 'tab\tnew\nline \\ slash/ \u0001 😀', line: '\u2028', 键: '值' },
    );
    assert.deepEqual(withMembers('"tags":{"a":"x\ny","\\u0061b":"\\\'"}')['tags'], { a: 'x\ny', ab: "'" });
    assert.equal(withMembers('"na\\u006de":"n"')['name'], 'n');
  });

  it('replaces invalid UTF-8 as a Java reader does', () => {
    const [span] = decodeSpans(bytesOf(`[{${IDS},"tags":{"a":"x`, 0xff, 0xc3, '"}}]'), 'json-v2');
    assert.equal(span!.tags!['a'], 'x\ufffd\ufffd');
  });

  it('keeps spans as bytes until they are read', () => {
    const bytes = bytesOf(
      `[{"traceId":"1","id":"9d","tags":{}},{${IDS},"parentId":"9d2be77046a3f816","shared":true,"kind":"CLIENT",
       "tags":{"b":"2","a":"1","__proto__":"x","b":"3"}},{${IDS},"tags":{"b":"ü"}}]`,
    );
    const spans = decodeRawSpans(bytes, 'json-v2');
    assert(spans.every(span => span instanceof RawSpan));
    assert.deepEqual(
      spans.map(span => span.tagShape?.sorted().keys),
      [undefined, ['b', 'a', '__proto__', 'b'], undefined],
    );
    assert.equal(
      encodeJsonV2(spans),
      '[{"traceId":"0000000000000001","id":"000000000000009d"},' +
        `{${IDS},"kind":"CLIENT","tags":{"__proto__":"x","a":"1","b":"3"}},{${IDS},"tags":{"b":"ü"}}]`,
    );
  });

  it('decodes a message of half a million tags and then usual ones', () => {
    const tags = Array.from({ length: 48 }, (_, i) => `"k${i}":"v"`).join();
    const spans = decodeRawSpans(bytesOf(`[${`{${IDS},"tags":{${tags}}},`.repeat(11_000)}{${IDS}}]`), 'json-v2');
    assert.equal(spans.length, 11_001);
    assert.equal(Object.keys(spans[10_999]!.tags!).length, 48);
    assert.deepEqual(withMembers('"tags":{"a":"b"}')['tags'], { a: 'b' });
  });

  it('skips a byte order mark', () => {
    assert.equal(decodeSpans(bytesOf(0xef, 0xbb, 0xbf, `[{${IDS}}]`), 'json-v2').length, 1);
  });

  it('calls everything else malformed', () => {
    const inputs = [
      '{',
      '[{',
      '["',
      '[null]',
      '[1]',
      '"x"',
      '[{}}',
      `[{${IDS}},]`,
      `[{${IDS},}]`,
      `[{${IDS}`,
      `[{${IDS}}`,
      '[[]]',
      `[{${IDS},"tags":[]}]`,
      `[{${IDS},"annotations":{}}]`,
      `[{${IDS} "name":"a"}]`,
      '[{"traceId":"\\u00zz"}]',
      `[{${IDS},"x":nul}]`,
      `[{${IDS},"x":truex}]`,
      `[{${IDS},"x":01}]`,
      `[{${IDS},"x":"\\q"}]`,
    ];
    for (const input of inputs) refuses(input, / reading List<Span> from json$/);
    refuses('{"traceId":"1","id":"1"}', 'Malformed reading List<Span> from json');
  });

  it('refuses more spans and deeper nesting than its limits allow', () => {
    const tooLarge = (error: unknown): boolean => error instanceof TracekinError && error.code === 'too-large';
    assert.throws(() => decodeText(`[{${IDS}},{${IDS}},{${IDS}}]`, 'json-v2', { maxSpans: 2 }), tooLarge);
    assert.throws(() => decodeText(`[{${IDS},"x":${'['.repeat(100_000)}`), tooLarge);
    assert.throws(() => decodeText(`[{${IDS},"x":${'{"a":'.repeat(100_000)}`), tooLarge);
    assert.equal(decodeText(`[{${IDS},"x":${'['.repeat(60)}${']'.repeat(60)}}]`).length, 1);
  });
});
