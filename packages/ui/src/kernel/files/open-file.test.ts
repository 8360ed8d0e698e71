import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSpans } from '../read-spans.ts';
import { RowText } from '../row-text.ts';
import { TraceSession } from '../session.ts';
import { shopTrace, toBytes } from '../testing/generate.ts';
import { ERROR, PAIR } from '../trace.ts';
import { openFile } from './open-file.ts';

function open(content: unknown): { format: string; session: TraceSession } {
  const file = openFile(typeof content === 'string' ? new TextEncoder().encode(content) : toBytes(content));
  return { format: file.format, session: new TraceSession(readSpans(file.bytes)) };
}

test('Zipkin v2 is taken as it is, one trace, several, a single span or one a line', () => {
  const spans = shopTrace(5);
  for (const [content, traces] of [
    [spans, 1],
    [[spans, shopTrace(3, { traceId: '2' })], 2],
    [spans[0], 1],
    [spans.map(span => JSON.stringify(span)).join('\n'), 1],
  ] as const) {
    const { format, session } = open(content);
    assert.equal(format, 'zipkin-v2');
    assert.equal(session.traces().length, traces);
  }
});

test('a v1 span with both sides becomes a call seen from both', () => {
  const web = { serviceName: 'Web', ipv4: '10.0.0.1' };
  const api = { serviceName: 'Api', ipv4: '10.0.0.2' };
  const { format, session } = open([
    {
      traceId: '1',
      id: '2',
      name: 'get',
      timestamp: 100,
      duration: 50,
      annotations: [
        { timestamp: 100, value: 'cs', endpoint: web },
        { timestamp: 110, value: 'sr', endpoint: api },
        { timestamp: 130, value: 'ss', endpoint: api },
        { timestamp: 150, value: 'cr', endpoint: web },
        { timestamp: 120, value: 'cache.miss', endpoint: api },
      ],
      binaryAnnotations: [
        { key: 'http.path', value: '/x', endpoint: web },
        { key: 'error', value: 'boom', endpoint: api },
        { key: 'sa', value: true, endpoint: api },
      ],
    },
  ]);
  assert.equal(format, 'zipkin-v1');
  const { trace } = session.build({ rawClocks: false });
  const text = new RowText(trace);
  assert.equal(trace.count, 1);
  assert.equal(trace.flags[0]! & PAIR, PAIR);
  assert.deepEqual([text.client(0), text.service(0)], ['web', 'api']);
  assert.deepEqual([trace.duration[0], trace.serverStart[0], trace.serverDuration[0]], [50, 10, 20]);
  const [client, server] = session.detail(0).sides;
  assert.deepEqual(client?.tags, [['http.path', '/x']]);
  assert.equal(client?.remoteService, 'api');
  assert.deepEqual(
    server?.annotations.map(a => a.value),
    ['cache.miss'],
  );
  assert.equal(trace.errors, 1);
});

test('a v1 span without core annotations is a local one', () => {
  const { session } = open([
    {
      traceId: '1',
      id: '2',
      name: 'work',
      timestamp: 5,
      duration: 2,
      binaryAnnotations: [{ key: 'lc', value: '', endpoint: { serviceName: 'job' } }],
    },
  ]);
  const { trace } = session.build({ rawClocks: false });
  assert.deepEqual([new RowText(trace).service(0), trace.kind[0], trace.duration[0]], ['job', 0, 2]);
});

test('OTLP keeps names, times to the µs, attributes, events, links and errors', () => {
  const { format, session } = open({
    resourceSpans: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'Shop' } },
            { key: 'host.name', value: { stringValue: 'h1' } },
          ],
        },
        scopeSpans: [
          {
            spans: [
              {
                traceId: '5B8EFFF798038103D269B633813FC60C',
                spanId: 'EEE19B7EC3C1B174',
                parentSpanId: '',
                name: 'GET /',
                kind: 2,
                startTimeUnixNano: '1544712660000000999',
                endTimeUnixNano: '1544712661000000000',
                attributes: [
                  { key: 'n', value: { intValue: '7' } },
                  { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { boolValue: true }] } } },
                ],
                events: [
                  {
                    timeUnixNano: '1544712660500000000',
                    name: 'exception',
                    attributes: [{ key: 'exception.type', value: { stringValue: 'E' } }],
                  },
                ],
                links: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }],
                status: { code: 2, message: 'broken' },
              },
            ],
          },
        ],
      },
    ],
  });
  assert.equal(format, 'otlp');
  const { trace } = session.build({ rawClocks: false });
  assert.equal(trace.startedAt, 1_544_712_660_000_000);
  assert.equal(trace.duration[0], 1_000_000);
  assert.equal(trace.flags[0]! & ERROR, ERROR);
  const [side] = session.detail(0).sides;
  assert.equal(side?.service, 'shop');
  assert.deepEqual(Object.fromEntries(side?.tags ?? []), {
    'host.name': 'h1',
    n: '7',
    list: '["a",true]',
    error: 'broken',
    'otel.link.0': `${'a'.repeat(32)}/${'b'.repeat(16)}`,
  });
  assert.equal(side?.annotations[0]?.value, 'exception {"exception.type":"E"}');
});

test('Jaeger JSON is read with its references, processes and logs', () => {
  const { format, session } = open({
    data: [
      {
        traceID: 'ab',
        processes: { p1: { serviceName: 'front' } },
        spans: [
          {
            traceID: 'ab',
            spanID: '1',
            operationName: 'root',
            references: [],
            startTime: 10,
            duration: 9,
            processID: 'p1',
            tags: [{ key: 'error', value: false }],
            logs: [],
          },
          {
            traceID: 'ab',
            spanID: '2',
            operationName: 'child',
            references: [{ refType: 'CHILD_OF', traceID: 'ab', spanID: '1' }],
            startTime: 12,
            duration: 3,
            processID: 'p1',
            tags: [{ key: 'span.kind', value: 'client' }],
            logs: [{ timestamp: 13, fields: [{ key: 'event', value: 'retry' }] }],
          },
        ],
      },
    ],
  });
  assert.equal(format, 'jaeger');
  const { trace } = session.build({ rawClocks: false });
  assert.deepEqual(
    [trace.count, trace.parent[1], trace.kind[1], trace.errors, trace.annotationTime[0]],
    [2, 0, 1, 0, 3],
  );
});

test('whatever the file is, opening it does not throw', () => {
  for (const content of [
    '',
    '{',
    '[',
    'null',
    '[1,null,"x",[[]]]',
    '{"resourceSpans":[{"scopeSpans":7}]}',
    '{"data":[{"spans":[null],"processes":null}]}',
    '[{"annotations":[{"endpoint":null}]}]',
    '\u0000\u0001',
  ]) {
    const { session } = open(content);
    session.build({ rawClocks: false });
    assert.ok(session.traces().length <= 1, content);
  }
});
