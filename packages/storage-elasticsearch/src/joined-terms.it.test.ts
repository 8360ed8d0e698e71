// Indices of Tracekin's template and what may become of them: scripts/services.sh start opensearch2
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, it } from 'node:test';
import type { Span } from '@tracekin/model';
import type { TraceQuery } from '@tracekin/storage';
import type { ElasticsearchStorage } from './elasticsearch-storage.ts';
import { IndexNames } from './index-names.ts';
import { joinPipeline } from './joined-terms.ts';
import { scratchIndices } from './testing/scratch-indices.ts';
import { service } from './testing/services.ts';

const { url: host, skip } = service('opensearch2');
const hex = (): string => randomBytes(8).toString('hex');

function span(tags: Record<string, string>): Span {
  return { traceId: hex(), id: hex(), timestamp: Date.now() * 1000, localEndpoint: { serviceName: 'web' }, tags };
}

async function send(method: string, path: string, body?: object): Promise<Record<string, never>> {
  const headers = { 'content-type': 'application/json' };
  const given = body === undefined ? {} : { body: JSON.stringify(body) };
  return (await (await fetch(host + path, { method, headers, ...given })).json()) as Record<string, never>;
}

describe('search terms as one text', { skip }, () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
  });
  const scratch = scratchIndices(host, 'joined', { log: (level, message) => lines.push(`${level} ${message}`) });
  const { open } = scratch;
  const write = async (storage: ElasticsearchStorage, ...spans: Span[]): Promise<void> => {
    await storage.write({ id: hex(), spans });
    await storage.refresh();
  };
  const today = (): string => new IndexNames(scratch.index, '-').of('span', Date.now());
  /** Trace ids by `key=value`, or by a word. */
  const found = async (storage: ElasticsearchStorage, key: string, value?: string): Promise<string[]> => {
    const criteria =
      value === undefined ? { annotations: [key], tags: [] } : { annotations: [], tags: [[key, value]] as const };
    const query: TraceQuery = { ...criteria, endTs: Date.now() + 60_000, lookback: 3_600_000, limit: 10 };
    return (await storage.findTraces(query)).map(trace => trace[0]!.traceId);
  };
  /** What stands in `_q` of the stored document. */
  const stored = async ({ traceId }: Span): Promise<unknown> => {
    const answer = await send('GET', `/${scratch.index}-span-*/_search?q=traceId:${traceId}`);
    const { hits } = answer as unknown as { hits: { hits: { _source: { _q?: unknown } }[] } };
    return hits.hits[0]?._source._q;
  };

  it('the first write of a day goes through the pipeline, later ones are joined already', async () => {
    await using storage = open();
    const [first, second] = [span({ a: '1', b: 'x y' }), span({ a: '2', b: 'x y' })];
    const ends = span({ '\n': '1', '\u2028': '' });
    await write(storage, first, ends);
    assert.equal(await stored(ends), '\n\u007f\n=1\u007f\u2028\u007f\u2028=');
    await write(storage, second);
    assert.equal(await stored(first), 'a\u007fa=1\u007fb\u007fb=x y');
    assert.equal(await stored(second), 'a\u007fa=2\u007fb\u007fb=x y');
    assert.deepEqual((await found(storage, 'b', 'x y')).sort(), [first.traceId, second.traceId].sort());
    assert.deepEqual(await found(storage, 'a', '2'), [second.traceId]);
    assert.deepEqual(await found(storage, 'x y'), []);
  });

  it('a separator inside of a tag makes nothing found that should not be, and hides nothing', async () => {
    await using storage = open();
    await write(storage, span({ warm: 'up' }));
    for (const round of ['through the pipeline', 'joined here']) {
      const [odd, other] = [span({ [`k${round}\u007fx`]: 'v\u007fw' }), span({ [`k${round}?x`]: 'v?w' })];
      if (round === 'joined here') await write(storage, odd, other);
      else {
        const documents = [odd, other].flatMap(one => {
          const [[key = '', value] = []] = Object.entries(one.tags ?? {});
          const document = { timestamp_millis: Date.now(), _q: [key, `${key}=${value}`], ...one };
          return [{ index: { _index: today(), _id: one.id } }, document];
        });
        await fetch(`${host}/_bulk?refresh=true`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-ndjson' },
          body: documents.map(line => `${JSON.stringify(line)}\n`).join(''),
        });
      }
      assert.deepEqual(await found(storage, `k${round}\u007fx`, 'v\u007fw'), [odd.traceId], round);
      assert.deepEqual(await found(storage, `k${round}?x`, 'v?w'), [other.traceId], round);
      assert.deepEqual(await found(storage, `k${round}\u007fx`), [odd.traceId], round);
      assert.deepEqual(await found(storage, `k${round}`), [], round);
      assert.deepEqual(await found(storage, 'x'), [], round);
    }
  });

  it('terms of 256 characters are found, whatever they are made of', async () => {
    await using storage = open();
    await write(storage, span({ warm: 'up' }));
    for (const value of ['x'.repeat(252), '😀'.repeat(126), 'é\n"\\\t'.repeat(50), '  ', '', 'a,b;c|d']) {
      const one = span({ key: value });
      await write(storage, one);
      assert.deepEqual(await found(storage, 'key', value), [one.traceId], value);
    }
  });

  it('an index that was dropped and made again in the other form gets lists at once', async () => {
    await using storage = open();
    const spans = [span({ round: '0' }), span({ round: '1' }), span({ round: '2' })];
    await write(storage, spans[0]!);
    await write(storage, spans[1]!);
    await send('DELETE', `/${today()}`);
    await send('DELETE', `/_template/${scratch.index}-span_template`);
    await send('PUT', `/${today()}`, {
      mappings: {
        _source: { excludes: ['_q'] },
        properties: {
          _q: { type: 'keyword' },
          traceId: { type: 'keyword' },
          timestamp_millis: { type: 'date', format: 'epoch_millis' },
          tags: { enabled: false },
        },
      },
    });
    await write(storage, spans[2]!);
    assert.deepEqual(await found(storage, 'round', '2'), [spans[2]!.traceId]);
    assert.equal(await stored(spans[2]!), undefined);
  });

  it('an index that retention or an operator dropped is made again, and nothing is lost', async () => {
    await using storage = open();
    await write(storage, span({ round: '0' }));
    await write(storage, span({ round: '1' }));
    await send('DELETE', `/${today()}`);
    const [next, after] = [span({ round: '2' }), span({ round: '3' })];
    await write(storage, next);
    await write(storage, after);
    assert.deepEqual(await found(storage, 'round', '2'), [next.traceId]);
    assert.deepEqual(await found(storage, 'round', '3'), [after.traceId]);
  });

  it("without the right to make the pipeline spans are indexed in Zipkin's form, which the log says", async () => {
    const proxy = createServer((incoming, answer) => {
      if (incoming.url?.startsWith('/_ingest/') && incoming.method === 'PUT') {
        answer.writeHead(403, { 'content-type': 'application/json' }).end('{"error":{"reason":"no permissions"}}');
        return;
      }
      // Others' tests need it.
      if (incoming.url?.startsWith('/_ingest/')) {
        answer.writeHead(404, { 'content-type': 'application/json' }).end('{}');
        return;
      }
      const { method = 'GET', headers } = incoming;
      incoming.pipe(
        request(host + incoming.url, { method, headers }, given => {
          answer.writeHead(given.statusCode ?? 502, given.headers);
          given.pipe(answer);
        }),
      );
    });
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
    {
      await using storage = open({ hosts: [`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`] });
      const [first, second] = [span({ a: '1' }), span({ a: '1' })];
      await write(storage, first);
      await write(storage, second);
      assert.equal((await found(storage, 'a', '1')).length, 2);
      assert.equal(await stored(second), undefined);
    }
    assert.ok(
      lines.some(line => line.startsWith('warn Spans are indexed in Zipkin')),
      lines.join('\n'),
    );
    proxy.closeAllConnections();
    await new Promise(resolve => proxy.close(resolve));
  });

  it('with ES_PIPELINE, and without search, the template is as before', async () => {
    for (const given of [{ pipeline: 'operator' }, { searchEnabled: false }] as const) {
      const index = `${scratch.index}-${Object.keys(given)[0]?.toLowerCase()}`;
      await using storage = open({ ...given, index });
      assert.deepEqual(await storage.check(), { ok: true });
      const template = JSON.stringify(await send('GET', `/_template/${index}-span_template`));
      assert.ok(!template.includes(joinPipeline.id), template);
    }
  });
});
