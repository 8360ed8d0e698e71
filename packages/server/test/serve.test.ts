import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveProcess } from './testing/serve-process.ts';

test('serve says where it is, finishes on SIGTERM with 0, and takes one interrupt and its echo as one', async () => {
  const { url, child, log, ended } = await serveProcess(['--storage', 'mem'], {
    AUTOCOMPLETE_KEYS: 'env',
    TRACEKIN_PORT: '1',
  });
  const post = await fetch(`${url}/api/v2/spans`, { method: 'POST', body: '[{"traceId":"1","id":"1"}]' });
  assert.equal(post.status, 202);
  assert.deepEqual(await (await fetch(`${url}/api/v2/autocompleteKeys`)).json(), ['env']);
  child.kill('SIGINT');
  child.kill('SIGINT');
  assert.equal(await ended, 0);
  assert.equal(log[0], 'unknown variable TRACEKIN_PORT; did you mean TRACEKIN_HOST?');
  assert.ok(log.includes(`UI at ${url}/zipkin/`));
  assert.ok(log.some(line => line.startsWith('storage: memory')));
  assert.equal(log.at(-1), 'stopped');
});
