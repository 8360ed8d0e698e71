import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testStorage } from '@tracekin/storage/testing';
import { Connection } from './connection.ts';
import { freePort } from './embedded/free-port.ts';
import { openClickHouseStorage } from './open-storage.ts';
import { uint64Column } from './read/span-rows.ts';
import { engineMissing, temporaryEngine } from './testing/embedded-engine.ts';

const missing = engineMissing();
const credentials = { username: 'tracekin', password: 'shared by the shards' };

if (missing !== undefined) {
  test('the storage contract on two shards', t => t.skip(missing));
} else {
  const tcpPorts = [await freePort(), await freePort()];
  const shards = tcpPorts.map(
    port =>
      `<shard><internal_replication>false</internal_replication><replica><host>127.0.0.1</host><port>${port}</port><user>${credentials.username}</user><password>${credentials.password}</password></replica></shard>`,
  );
  const remoteServers = `<remote_servers><two_shards>${shards.join('')}</two_shards></remote_servers>\n`;
  const engines = tcpPorts.map(tcpPort => temporaryEngine({ extraXml: remoteServers, tcpPort, credentials }));
  after(async () => {
    for (const { close } of engines) await close();
  });
  let databases = 0;
  const shardUrls = async (): Promise<string[]> => {
    const endpoints = await Promise.all(engines.map(({ engine }) => engine.endpoint()));
    return endpoints.map(({ url }) => url);
  };
  const open = async (database: string, options = {}): Promise<ReturnType<typeof openClickHouseStorage>> => {
    const urls = await shardUrls();
    return openClickHouseStorage({
      url: urls[0]!,
      ...credentials,
      database,
      cluster: 'two_shards',
      clusterReplicated: false,
      shardUrls: urls,
      strictTraceId: true,
      searchEnabled: true,
      autocompleteKeys: [],
      ...options,
    });
  };
  testStorage({ name: 'ClickHouse on two shards', open: options => open(`cluster_${++databases}`, options) });

  test('spans are spread over the shards by trace id', async () => {
    await using storage = await open('spread');
    const spans = Array.from({ length: 200 }, (_, i) => ({
      traceId: (i * 2_654_435_761 + 1).toString(16).padStart(16, '0'),
      id: '0000000000000001',
      timestamp: 1_790_000_000_000_000 + i,
    }));
    await storage.write({ id: 'spread', spans });
    const counts: number[] = [];
    for (const { engine } of engines) {
      const connection = new Connection(() => engine.endpoint());
      const [block] = await connection.query({ text: 'SELECT count() AS spans FROM spread.spans_local' });
      counts.push(uint64Column(block!, 'spans')[0]!);
      await connection.close();
    }
    assert.equal(counts[0]! + counts[1]!, 200);
    assert(Math.min(...counts) > 50, `both shards hold their part: ${counts}`);
  });
}
