import { gzipSync } from 'node:zlib';

/** One HTTP request that is sent to a real Zipkin and to Tracekin. */
export interface Exchange {
  /** Unique; names the test and, where the answers differ on purpose, the row of `differences`. */
  readonly name: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What clients can see and rely on. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly cacheControl: string | null;
  readonly body: string;
}

/** Sends one request; redirects are answers, not followed. */
export async function send(base: string, exchange: Exchange): Promise<Answer> {
  const response = await fetch(base + exchange.path, {
    method: exchange.method ?? (exchange.body === undefined ? 'GET' : 'POST'),
    headers: exchange.headers ?? {},
    redirect: 'manual',
    ...(exchange.body === undefined ? {} : { body: exchange.body }),
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    cacheControl: response.headers.get('cache-control'),
    body: await response.text(),
  };
}

const json = { 'content-type': 'application/json' };

/** A POST of JSON to the v2 collector. */
export function post(name: string, body: string, headers: Readonly<Record<string, string>> = json): Exchange {
  return { name, path: '/api/v2/spans', headers, body };
}

/** Bodies that the collector must take or refuse, for each a name and the request. */
export function collectorExchanges(): Exchange[] {
  const span = (fields: string): string => `[{"traceId":"c0ffee","id":"1",${fields}}]`;
  const v1 = '[{"traceId":"c0ffee01","id":"1","name":"get","annotations":[],"binaryAnnotations":[]}]';
  const gzip = { ...json, 'content-encoding': 'gzip' };
  return [
    post('an empty body', ''),
    post('an empty list', '[]'),
    post('an empty list after a space', ' []'),
    post('a list with spaces inside', '[ ]'),
    post('not JSON', 'hello'),
    post('a single span instead of a list', '{"traceId":"1","id":"1"}'),
    post('a list that ends early', '[{"traceId":"1","id":"1"'),
    post('a list of numbers', '[1,2]'),
    post('a list of null', '[null]'),
    post('no content type', '[]', {}),
    post('a text content type', '[]', { 'content-type': 'text/plain' }),
    post('a content type with a charset', '[]', { 'content-type': 'application/json; charset=utf-8' }),
    post('a body that is not gzip though it says so', '[]', gzip),
    { name: 'an empty list in gzip', path: '/api/v2/spans', headers: gzip, body: gzipSync('[]') },
    { name: 'an empty body in gzip', path: '/api/v2/spans', headers: gzip, body: gzipSync('') },
    {
      name: 'v1 JSON sent to v2',
      path: '/api/v2/spans',
      headers: json,
      body: '[{"traceId":"1","id":"1","annotations":[],"binaryAnnotations":[]}]',
    },
    {
      name: 'v2 JSON sent to v1',
      path: '/api/v1/spans',
      headers: json,
      body: '[{"traceId":"1","id":"1","localEndpoint":{"serviceName":"a"},"tags":{}}]',
    },
    { name: 'v1 JSON', path: '/api/v1/spans', headers: json, body: v1 },
    {
      name: 'text sent as proto3',
      path: '/api/v2/spans',
      headers: { 'content-type': 'application/x-protobuf' },
      body: 'hello',
    },
    {
      name: 'JSON sent as proto3',
      path: '/api/v2/spans',
      headers: { 'content-type': 'application/x-protobuf' },
      body: '[]x',
    },
    {
      name: 'text sent as thrift',
      path: '/api/v1/spans',
      headers: { 'content-type': 'application/x-thrift' },
      body: 'hello',
    },
    {
      name: 'an empty thrift list',
      path: '/api/v1/spans',
      headers: { 'content-type': 'application/x-thrift' },
      body: new Uint8Array([12, 0, 0, 0, 0]),
    },
    post('no trace id', '[{"id":"1"}]'),
    post('no span id', '[{"traceId":"1"}]'),
    post('neither id', '[{}]'),
    post('a null trace id', '[{"traceId":null,"id":"1"}]'),
    post('a numeric trace id', '[{"traceId":1,"id":"1"}]'),
    post('an upper-case trace id', '[{"traceId":"ABC","id":"1"}]'),
    post('a trace id of 33 characters', `[{"traceId":"${'a'.repeat(33)}","id":"1"}]`),
    post('a trace id of zeros', '[{"traceId":"0000000000000000","id":"1"}]'),
    post('an empty trace id', '[{"traceId":"","id":"1"}]'),
    post('a span id of 17 characters', `[{"traceId":"1","id":"${'a'.repeat(17)}"}]`),
    post('a span id that is not hex', '[{"traceId":"1","id":"xyz"}]'),
    post('a parent id of 17 characters', `[{"traceId":"1","id":"1","parentId":"${'a'.repeat(17)}"}]`),
    post('an unknown kind', span('"kind":"BOTH"')),
    post('a lower-case kind', span('"kind":"client"')),
    post('a port that is too large', span('"localEndpoint":{"serviceName":"a","port":65536}')),
    post('a null tag value', span('"tags":{"a":null}')),
    post('a boolean tag value', span('"tags":{"a":true}')),
    post('an object as tag value', span('"tags":{"a":{}}')),
    post('tags that are a list', span('"tags":[]')),
    post('an annotation without value', span('"annotations":[{"timestamp":1}]')),
    post('an annotation without timestamp', span('"annotations":[{"value":"a"}]')),
    post('a fraction as timestamp', span('"timestamp":1.5')),
    post('text as timestamp', span('"timestamp":"soon"')),
    post('a text duration', span('"duration":"x"')),
    post('debug as text', span('"debug":"true"')),
  ];
}

/** Spans that both must keep and give back alike: read by their trace ids after all are posted. */
export function keptSpans(): { readonly name: string; readonly traceId: string; readonly span: string }[] {
  const rows: (readonly [name: string, fields: string])[] = [
    ['only ids', ''],
    [
      'every field',
      ',"parentId":"2","kind":"CLIENT","name":"GET /A","timestamp":1500000000000000,"duration":10,"localEndpoint":{"serviceName":"Front","ipv4":"127.0.0.1","port":80},"remoteEndpoint":{"serviceName":"Back","ipv6":"2001:db8::c001"},"annotations":[{"timestamp":1500000000000002,"value":"b"},{"timestamp":1500000000000001,"value":"a"}],"tags":{"z":"1","a":"2"},"debug":true',
    ],
    ['shared', ',"kind":"SERVER","shared":true'],
    ['shared on a client', ',"kind":"CLIENT","shared":true'],
    ['false flags', ',"debug":false,"shared":false'],
    [
      'nulls',
      ',"parentId":null,"kind":null,"name":null,"timestamp":null,"duration":null,"localEndpoint":null,"remoteEndpoint":null,"annotations":null,"tags":null,"debug":null,"shared":null',
    ],
    ['empty values', ',"name":"","localEndpoint":{},"remoteEndpoint":{"serviceName":""},"annotations":[],"tags":{}'],
    ['a zero timestamp', ',"timestamp":0,"duration":0'],
    ['a negative duration', ',"timestamp":1,"duration":-1'],
    [
      'numbers as text',
      ',"timestamp":"1500000000000000","duration":"10","localEndpoint":{"serviceName":"a","port":"80"}',
    ],
    ['whole fractions', ',"timestamp":1500000000000000.0,"duration":1e1'],
    ['a numeric tag', ',"tags":{"n":1,"f":1.10,"big":12345678901234567890}'],
    ['an empty tag value', ',"tags":{"a":""}'],
    ['a tag twice', ',"tags":{"a":"1","a":"2"}'],
    ['a name twice', ',"name":"first","name":"second"'],
    ['unknown fields', ',"extra":{"deep":[1,{"a":[]}]},"more":null'],
    ['its own id as parent', ',"parentId":"1"'],
    ['a parent of zeros', ',"parentId":"0000000000000000"'],
    ['an IPv4-mapped address', ',"localEndpoint":{"serviceName":"a","ipv6":"::ffff:192.168.1.1"}'],
    ['an IPv4-compatible address', ',"localEndpoint":{"serviceName":"a","ipv6":"::192.168.1.1"}'],
    [
      'addresses in the wrong field',
      ',"localEndpoint":{"serviceName":"a","ipv4":"2001:db8::1"},"remoteEndpoint":{"serviceName":"b","ipv6":"10.0.0.1"}',
    ],
    ['an address that is none', ',"localEndpoint":{"serviceName":"a","ipv4":"nowhere"}'],
    ['a long IPv6 address', ',"localEndpoint":{"serviceName":"a","ipv6":"2001:0DB8:0000:0000:0000:0000:0000:0001"}'],
    ['the loopback address of IPv6', ',"localEndpoint":{"serviceName":"a","ipv6":"::1"}'],
    ['an endpoint with only a port', ',"localEndpoint":{"port":80}'],
    ['an endpoint of zero port', ',"localEndpoint":{"serviceName":"a","port":0}'],
    ['an endpoint with unknown members', ',"remoteEndpoint":{"host":"x"}'],
    [
      'equal annotations',
      ',"annotations":[{"timestamp":5,"value":"a"},{"timestamp":5,"value":"a"},{"timestamp":5,"value":"A"}]',
    ],
    ['an annotation at zero', ',"annotations":[{"timestamp":0,"value":"a"}]'],
    ['an empty annotation', ',"annotations":[{"timestamp":7,"value":""}]'],
    ['characters to escape', ',"name":"a\\"b\\\\c\\u2028\\n\\t\\u0001é","tags":{"k\\"":"\\u2029/<>&\'"}'],
    ['characters beyond the basic plane', ',"tags":{"emoji":"\\ud83d\\ude00 😀","zh":"漢字"}'],
    ['numeric tag keys', ',"tags":{"10":"a","2":"b","b":"c"}'],
    ['prototype keys', ',"tags":{"__proto__":"a","constructor":"b","toString":"c"}'],
    ['a long tag', `,"tags":{"long":"${'x'.repeat(70_000)}"}`],
    ['Turkish and sharp letters', ',"name":"İSTANBUL STRASSE ß","localEndpoint":{"serviceName":"ÀÉÎ"}'],
  ];
  return rows.map(([name, fields], index) => {
    const traceId = (0xabc000 + index).toString(16).padStart(index % 2 === 0 ? 16 : 32, index % 2 === 0 ? '0' : '1');
    return { name, traceId, span: `{"traceId":"${traceId}","id":"1"${fields}}` };
  });
}

/** Reads with valid and invalid parameters. Times are fixed, so both servers hold the same. */
export function queryExchanges(knownTraceId: string, otherTraceId: string, endTs: number): Exchange[] {
  const paths: (readonly [name: string, path: string])[] = [
    ['a known trace', `/api/v2/trace/${knownTraceId}`],
    ['a known trace below /zipkin', `/zipkin/api/v2/trace/${knownTraceId}`],
    ['a trace id padded with zeros', `/api/v2/trace/${knownTraceId.padStart(32, '0')}`],
    ['an unknown trace', '/api/v2/trace/deadbeef'],
    ['an unknown trace of 17 characters', '/api/v2/trace/1deadbeefdeadbeef'],
    ['an upper-case trace id', '/api/v2/trace/DEADBEEF'],
    ['a trace id with a dash', '/api/v2/trace/0e8b46e1-81b'],
    ['a trace id of 33 characters', `/api/v2/trace/${'a'.repeat(33)}`],
    ['a trace id of zeros', '/api/v2/trace/0000000000000000'],
    ['a trace id with spaces around', `/api/v2/trace/%20${knownTraceId}%20`],
    ['no trace id', '/api/v2/trace/'],
    ['many traces', `/api/v2/traceMany?traceIds=${knownTraceId},${otherTraceId}`],
    ['many unknown traces', '/api/v2/traceMany?traceIds=deadbeef,deadbeee'],
    ['many traces, one unknown', `/api/v2/traceMany?traceIds=${knownTraceId},deadbeef`],
    ['many traces without the parameter', '/api/v2/traceMany'],
    ['many traces, an empty list', '/api/v2/traceMany?traceIds='],
    ['many traces, only one', `/api/v2/traceMany?traceIds=${knownTraceId}`],
    ['many traces, one twice', `/api/v2/traceMany?traceIds=${knownTraceId},${knownTraceId}`],
    ['many traces, a malformed id', `/api/v2/traceMany?traceIds=${knownTraceId},XYZ`],
    ['span names without a service', '/api/v2/spans'],
    ['span names of an empty service', '/api/v2/spans?serviceName='],
    ['span names of an unknown service', '/api/v2/spans?serviceName=nobody'],
    ['remote services without a service', '/api/v2/remoteServices'],
    ['remote services of an unknown service', '/api/v2/remoteServices?serviceName=nobody'],
    ['autocomplete keys', '/api/v2/autocompleteKeys'],
    ['autocomplete values without a key', '/api/v2/autocompleteValues'],
    ['autocomplete values of an empty key', '/api/v2/autocompleteValues?key='],
    ['autocomplete values of an unknown key', '/api/v2/autocompleteValues?key=nothing'],
    ['links without endTs', '/api/v2/dependencies'],
    ['links at zero', '/api/v2/dependencies?endTs=0'],
    ['links before zero', '/api/v2/dependencies?endTs=-1'],
    ['links without lookback', `/api/v2/dependencies?endTs=${endTs}&lookback=0`],
    ['links of a text time', '/api/v2/dependencies?endTs=now'],
    ['links of an empty window', '/api/v2/dependencies?endTs=1000&lookback=500'],
    ['a search that finds nothing', `/api/v2/traces?serviceName=nobody&endTs=${endTs}`],
    ['a limit of zero', `/api/v2/traces?limit=0&endTs=${endTs}`],
    ['a negative limit', `/api/v2/traces?limit=-1&endTs=${endTs}`],
    ['a text limit', `/api/v2/traces?limit=ten&endTs=${endTs}`],
    ['a zero endTs', '/api/v2/traces?endTs=0'],
    ['a text endTs', '/api/v2/traces?endTs=now'],
    ['a zero lookback', `/api/v2/traces?endTs=${endTs}&lookback=0`],
    ['a zero minDuration', `/api/v2/traces?endTs=${endTs}&minDuration=0`],
    ['a maxDuration alone', `/api/v2/traces?endTs=${endTs}&maxDuration=10`],
    ['a maxDuration below minDuration', `/api/v2/traces?endTs=${endTs}&minDuration=10&maxDuration=5`],
    ['an unknown path', '/api/v2/nothing'],
    ['the v1 read API', '/api/v1/services'],
    ['the root', '/'],
    ['the UI without a slash', '/zipkin'],
    ['the old place of the icon', '/favicon.ico'],
  ];
  return [
    ...paths.map(([name, path]) => ({ name, path })),
    {
      name: 'a CORS preflight',
      method: 'OPTIONS',
      path: '/api/v2/traces',
      headers: { origin: 'http://other', 'access-control-request-method': 'GET' },
    },
    { name: 'a PUT of spans', method: 'PUT', path: '/api/v2/spans', headers: json, body: '[]' },
    { name: 'a DELETE of a trace', method: 'DELETE', path: `/api/v2/trace/${knownTraceId}` },
  ];
}
