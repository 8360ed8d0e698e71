import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Credentials, parseProperties } from './credentials.ts';
import { defaultElasticsearchOptions } from './options.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const options = { ...defaultElasticsearchOptions, stateDir: '' };

test('there is no header without credentials', async () => {
  assert.equal(await new Credentials(options).header(), undefined);
});

test('user and password become basic authentication', async () => {
  assert.equal(await new Credentials({ ...options, username: 'u', password: 'p' }).header(), basic('u:p'));
});

test('a credentials file is read again after the interval, and keeps the last good state', async t => {
  const dir = mkdtempSync(join(tmpdir(), 'tracekin-credentials-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'es.properties');
  const write = (password: string): void =>
    writeFileSync(file, `zipkin.storage.elasticsearch.username=u\nzipkin.storage.elasticsearch.password=${password}\n`);
  let now = 0;
  const logged: string[] = [];
  const credentials = new Credentials(
    { ...options, credentialsFile: file, credentialsRefreshMs: 1000, log: (_level, message) => logged.push(message) },
    () => now,
  );
  write('one');
  assert.equal(await credentials.header(), basic('u:one'));
  write('two');
  assert.equal(await credentials.header(), basic('u:one'));
  now = 1000;
  assert.equal(await credentials.header(), basic('u:two'));
  writeFileSync(file, 'nothing here');
  for (now = 2000; now <= 4000; now += 1000) assert.equal(await credentials.header(), basic('u:two'));
  assert.equal(logged.length, 1);
  assert.match(logged[0] ?? '', /ES_CREDENTIALS_FILE/);
});

test('properties have comments, and values with equals signs', () => {
  assert.deepEqual(
    [...parseProperties('# a\n! b\nx = 1=2\ny: 3\r\n\n')],
    [
      ['x', '1=2'],
      ['y', '3'],
    ],
  );
});
